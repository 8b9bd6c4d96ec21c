// Ahead of everything else in this target (see Package.swift), so that the first message says what to do.
#pragma once

#if !__has_include(<ATen/ATen.h>)
#error "swift-ssd: libtorch is not there. Set LIBTORCH to a folder that holds its include/ and lib/ (the torch folder of \
PyTorch 2.11.0, say), as an absolute path; in a checkout of swift-ssd, `make setup` fetches it. Detection needs no libtorch: \
depend on the package with `traits: []`."
#else
#include <torch/headeronly/version.h>
#if TORCH_VERSION_MAJOR != 2 || TORCH_VERSION_MINOR != 11
#error "swift-ssd: the libtorch that LIBTORCH names is not of version 2.11, the one that this package is made for."
#endif
#endif
