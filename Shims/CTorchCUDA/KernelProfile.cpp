#include "KernelProfile.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include <c10/cuda/CUDAFunctions.h>
#include <torch/csrc/autograd/profiler_kineto.h>

namespace ctorch {

using torch::profiler::impl::ActivityType;
using torch::profiler::impl::ProfilerConfig;
using torch::profiler::impl::ProfilerState;

void KernelProfile::begin() {
  const ProfilerConfig config(ProfilerState::KINETO);
  const std::set<ActivityType> activities{ActivityType::CUDA};
  c10::cuda::device_synchronize();
  torch::autograd::profiler::prepareProfiler(config, activities);
  torch::autograd::profiler::enableProfiler(config, activities);
}

KernelProfile KernelProfile::end() {
  c10::cuda::device_synchronize();
  const auto result = torch::autograd::profiler::disableProfiler();
  std::vector<std::pair<uint64_t, uint64_t>> intervals;
  for (const auto &event : result->events()) {
    if (event.deviceType() != c10::DeviceType::CUDA) continue;
    const auto name = event.name();
    // Copies are no kernels, and a graph's marker spans all of its kernels.
    if (name.starts_with("Memcpy") || name.starts_with("Memset") || name.starts_with("cudaGraph")) {
      continue;
    }
    intervals.emplace_back(event.startNs(), event.endNs());
  }
  std::sort(intervals.begin(), intervals.end());
  KernelProfile profile;
  profile.count = static_cast<int64_t>(intervals.size());
  uint64_t covered = 0, reached = 0;
  for (const auto &[start, end] : intervals) {
    if (end <= reached) continue;
    covered += end - std::max(start, reached);
    reached = end;
  }
  profile.seconds = static_cast<double>(covered) * 1e-9;
  return profile;
}

}  // namespace ctorch
