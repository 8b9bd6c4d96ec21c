#!/usr/bin/env bash
# Installs what swift-ssd needs and this machine lacks: Debian packages and libtorch. Checks first, so it is quick when
# nothing is missing. Never installs Swift itself: how to do that is everybody's own decision.
#   scripts/setup.sh [distributed]      (with an MPI)
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

require_swift() {
  command -v swift >/dev/null ||
    fail "Swift is not installed (or not on PATH)." "Get 6.2 or later: https://www.swift.org/install/linux"
  local version
  version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
  [[ $(printf '%s\n' 6.2 "$version" | sort -V | head -n 1) == 6.2 ]] ||
    fail "Swift is version ${version:-unknown}, and 6.2 or later is needed." \
      "Get it: https://www.swift.org/install/linux"
}

# Prints the Debian packages that are missing. Asks for the things themselves rather than for packages, so that it also
# works where they came from elsewhere.
missing_packages() {
  local entry
  if command -v pkg-config >/dev/null; then
    for entry in libjpeg=libjpeg-dev libpng=libpng-dev libwebp=libwebp-dev cairo=libcairo2-dev libxml-2.0=libxml2-dev \
      libcurl=libcurl4-openssl-dev; do
      pkg-config --exists "${entry%%=*}" || echo "${entry#*=}"
    done
  else
    echo pkg-config libjpeg-dev libpng-dev libwebp-dev libcairo2-dev libxml2-dev libcurl4-openssl-dev
  fi
  # Opened when something is drawn, and not linked against.
  [[ $(/sbin/ldconfig -p) == *libpangocairo-1.0.so.0* ]] || echo libpangocairo-1.0-0
  # Labels on pictures need one font, whichever.
  [[ -n $(fc-match --format '%{file}' sans 2>/dev/null) ]] || echo fontconfig fonts-dejavu-core
  compgen -G '/usr/include/c++/*/vector' >/dev/null || echo g++
  if [[ ${1:-} == distributed ]]; then
    compgen -G '/usr/include/*/mpi/mpi.h' >/dev/null || compgen -G '/usr/include/mpi.h' >/dev/null || echo libopenmpi-dev
    command -v mpirun >/dev/null || echo openmpi-bin
  fi
  # Only the download of libtorch needs pip, or a Python that can make an environment with pip in it.
  if [[ -z ${LIBTORCH:-} && ! -e .deps/libtorch/torch/lib ]]; then
    python3 -m pip --version >/dev/null 2>&1 || python3 -m ensurepip --version >/dev/null 2>&1 ||
      echo python3-pip
  fi
}

install_packages() {
  local as_root=()
  command -v apt-get >/dev/null ||
    fail "something is missing, and there is no apt-get here to install it." \
      "Install what these Debian packages contain, then run 'make setup' again:" "  $*"
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null ||
      fail "something is missing, and installing it needs root. Run this as root, then 'make setup' again:" \
        "  apt-get install $*"
    as_root=(sudo)
    # Nobody is there to type a password: fail instead of waiting for one.
    [[ -t 0 ]] || as_root=(sudo -n)
  fi
  echo "setup: installing $*"
  "${as_root[@]}" apt-get update -qq || echo "setup: apt-get update failed; trying with what is known" >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" ||
    fail "apt-get could not install these packages; its messages are above." \
      "Install them by hand, then run 'make setup' again:" "  apt-get install $*"
}

require_swift
mapfile -t packages < <(missing_packages "$@" | tr ' ' '\n')
if [[ ${#packages[@]} -gt 0 ]]; then
  install_packages "${packages[@]}"
fi
bash scripts/libtorch.sh
