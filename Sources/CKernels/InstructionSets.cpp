// Which instruction sets there are, and the table of each.
#include <algorithm>
#include <chrono>

#include "KernelTable.h"
#include "Maps.h"
#include "Threads.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace ck {

namespace {

const KernelTable *table(ck_instruction_set set) {
  switch (set) {
    case CK_PORTABLE: return portableKernels;
    case CK_NEON: return neonKernels;
    case CK_AVX2: return avx2Kernels;
    case CK_AVX512: return avx512Kernels;
    case CK_AVX512_BF16: return avx512BF16Kernels;
  }
  return nullptr;
}

bool processorHas([[maybe_unused]] ck_instruction_set set) {
#if defined(__x86_64__)
  // These look whether the operating system saves the registers, too.
  const auto hasAVX2 = [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); };
  const auto hasAVX512 = [&] {
    return hasAVX2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  };
  switch (set) {
    case CK_AVX2: return hasAVX2();
    case CK_AVX512: return hasAVX512();
    case CK_AVX512_BF16:
      return hasAVX512() && __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vnni");
    default: break;
  }
#endif
  return true;
}

// Zen 4 takes vectors of 512 bits in two halves; no other of AMD's family 19h takes them at all.
bool halvesVectors() {
#if defined(__x86_64__)
  unsigned a, b, c, d, version;
  if (!__get_cpuid(0, &a, &b, &c, &d) || b != signature_AMD_ebx || !__get_cpuid(1, &version, &b, &c, &d)) return false;
  return (version >> 8 & 0xf) + (version >> 20 & 0xff) == 0x19;
#else
  return false;
#endif
}

}  // namespace

const KernelTable &kernelsOf(ck_instruction_set set) { return *table(set); }

bool multipliesAtFullWidth(ck_instruction_set set) {
  return (set == CK_AVX512 || set == CK_AVX512_BF16) && !halvesVectors();
}

bool isAvailable(ck_instruction_set set) { return table(set) != nullptr && processorHas(set); }

double peak(const KernelTable &kernels, Operand operand, Threads &threads) {
  const SpinKernel spin = kernels.spin[operand];
  if (!spin) return 0;
  using Clock = std::chrono::steady_clock;
  double best = 0;
  // The best of a few rounds: others use the machine too.
  for (int round = 0; round < 5; round++) {
    std::vector<int64_t> operations(size_t(threads.count()));
    constexpr int64_t turns = 1'000'000;
    const auto start = Clock::now();
    threads.onEach([&](int thread) { operations[size_t(thread)] = spin(turns) * turns; });
    const std::chrono::duration<double> time = Clock::now() - start;
    int64_t sum = 0;
    for (const int64_t count : operations) sum += count;
    best = std::max(best, double(sum) / time.count());
  }
  return best;
}

}  // namespace ck
