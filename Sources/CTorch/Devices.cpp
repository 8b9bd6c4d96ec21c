#include "Devices.h"

#include <string>

#include <link.h>

#include <ATen/Context.h>

#include "Failure.h"

namespace ctorch {

std::atomic<bool> has_cuda = false;
std::atomic<bool> has_counted_devices = false;

}  // namespace ctorch

CTorchMessage ctorch_library_folder(void) {
  CTorchMessage folder = nullptr;
  dl_iterate_phdr(
      [](dl_phdr_info *info, size_t, void *result) {
        const std::string path = info->dlpi_name;
        const size_t end = path.rfind('/');
        if (end == std::string::npos || path.substr(end + 1) != "libtorch_cpu.so") return 0;
        *static_cast<CTorchMessage *>(result) = ctorch::message(path.substr(0, end));
        return 1;
      },
      &folder);
  return folder;
}

CTorchMessage ctorch_cuda_start(void) {
  return ctorch::guarded([] {
    TORCH_CHECK(
        !ctorch::has_counted_devices,
        "a backward pass came before the first use of CUDA in this process");
    TORCH_CHECK(at::globalContext().hasCUDA(), "it is loaded, and knows no GPU all the same");
    at::globalContext().lazyInitDevice(c10::DeviceType::CUDA);
    ctorch::has_cuda = true;
  });
}

bool ctorch_set_algorithm_search(bool searches) {
  const bool former = at::globalContext().benchmarkCuDNN();
  at::globalContext().setBenchmarkCuDNN(searches);
  return former;
}

void ctorch_set_tf32(bool allowed) {
  at::globalContext().setAllowTF32CuDNN(allowed);
  at::globalContext().setAllowTF32CuBLAS(allowed);
}
