# `make` lists the targets. Every target that compiles or checks runs `make setup` first, which is quick when all is there.

SWIFT ?= swift
PREFIX ?= /usr/local
ARGS ?=

# site-packages, when somebody names that, holds the folder that is meant. Absolute, as a manifest has no folder of its own.
override LIBTORCH := $(if $(LIBTORCH),$(abspath $(or $(wildcard $(LIBTORCH)/torch),$(LIBTORCH))))

export LIBTORCH PREFIX DESTDIR

.DEFAULT_GOAL := help
.PHONY: help setup build test lint format demo pictures docs native standalone dist distributed cuda install uninstall clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing (LIBTORCH=/path uses a libtorch you already have)
	@bash scripts/setup.sh

build: setup ## build the command-line tool: .build/release/ssd
	$(SWIFT) build -c release --product ssd

# The release configuration, since a debug build computes slowly. Without testable imports, which no test here uses,
# `make build` and `make test` share their objects; with them, each would undo the other's.
test: setup ## run all tests (ARGS='--filter MultiBoxTests' runs some)
	$(SWIFT) test -c release --disable-xctest --disable-testable-imports $(ARGS)

lint: setup ## check formatting and the house rules
	@bash scripts/lint.sh

format: setup ## format all Swift sources in place
	$(SWIFT) format --in-place --parallel --recursive \
	  $(wildcard Package.swift Sources Tests Recipes Benchmarks)

demo: build ## train a small detector on synthetic pictures, score it, draw what it finds
	@bash scripts/demo.sh

pictures: build ## make the guide's pictures anew
	@bash scripts/pictures.sh

docs: setup ## build the guide and the reference as a static site: .build-docs/site
	@bash scripts/docs.sh

# In a folder of its own, as other traits are other objects. Needs no libtorch, neither to build nor to run.
native: ## build ssd without training and without libtorch: .build-native/ssd, one small file
	@bash scripts/native.sh

# In a folder of its own: linking the Swift runtime in means other compiler flags, and would undo what `make test` compiled.
standalone: setup ## build ssd so that it runs without a Swift toolchain (TRAITS=Distributed: in several processes)
	$(SWIFT) build -c release --product ssd --static-swift-stdlib --scratch-path .build/standalone \
	  $(if $(TRAITS),--traits $(TRAITS))

# Builds both programs anew where sources have changed since: a release is made from what is committed.
dist: setup ## make what a release needs: dist/ with archives, checksums, and a list of what is inside
	@bash scripts/dist.sh

# In a folder of its own for the same reason. Installs Open MPI where no MPI is.
distributed: ## build ssd for training in several processes: .build/distributed/release/ssd
	@bash scripts/setup.sh distributed
	$(SWIFT) build -c release --product ssd --traits Distributed --scratch-path .build/distributed

# Under sudo only copy: a build as root would leave files behind that their owner cannot remove.
# libtorch's own libraries do the work; this adds what is no operator (see Shims/CTorchCUDA).
cuda: setup ## build what `--device cuda` needs for CUDA graphs: .build/cuda/libctorch_cuda.so
	@bash scripts/cuda.sh

install: $(if $(SUDO_USER),,standalone) ## install below PREFIX=/usr/local (DESTDIR is honoured)
	@bash scripts/install.sh

uninstall: ## remove what `make install` put below PREFIX
	rm -f "$(DESTDIR)$(PREFIX)/bin/ssd"
	rm -rf "$(DESTDIR)$(PREFIX)/lib/swift-ssd"

clean: ## remove what was built (libtorch stays; remove .deps to drop it too)
	rm -rf .build .build-docs .build-native dist
