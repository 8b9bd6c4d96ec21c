#include "TensorHandle.h"

#include <cstdlib>
#include <limits>
#include <mutex>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>
#include <torch/headeronly/version.h>

#include "Devices.h"

bool ctorch_set_gradient_mode(bool enabled) {
  bool former = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(enabled);
  return former;
}

CTorchAutocast ctorch_set_autocast(CTorchDeviceType device, CTorchAutocast autocast) {
  auto type = static_cast<c10::DeviceType>(device);
  CTorchAutocast former{
      at::autocast::is_autocast_enabled(type),
      static_cast<CTorchScalarType>(at::autocast::get_autocast_dtype(type))};
  at::autocast::set_autocast_dtype(type, static_cast<at::ScalarType>(autocast.type));
  at::autocast::set_autocast_enabled(type, autocast.enabled);
  return former;
}

void ctorch_clear_autocast_cache(void) { at::autocast::clear_cache(); }

void ctorch_keep_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

void ctorch_seed(uint64_t seed) {
  if (ctorch::has_cuda) return at::manual_seed(seed);
  // `manual_seed` would ask for CUDA, and libtorch would for ever keep the answer that there is none.
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(seed);
}

void ctorch_set_threads(int count) { at::set_num_threads(count); }

int ctorch_threads(void) { return at::get_num_threads(); }

void ctorch_set_deterministic(bool deterministic) {
  at::globalContext().setDeterministicAlgorithms(deterministic, /*warn_only=*/false);
}

const char *ctorch_version(void) { return TORCH_VERSION; }

bool ctorch_has_bfloat16(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

void ctorch_message_free(CTorchMessage message) { free(message); }
