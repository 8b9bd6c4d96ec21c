#pragma once

#include <atomic>

namespace ctorch {

/// Whether libtorch's part for CUDA is loaded.
extern std::atomic<bool> has_cuda;

/// Whether libtorch has made a thread for the backward passes of each device that it then knew.
extern std::atomic<bool> has_counted_devices;

}  // namespace ctorch
