// Every kernel on every instruction set that this machine has, against the definition in double precision. Part of the
// tests of Inference; `scripts/check/kernels.sh` builds it by itself, with the sanitizers for addresses and undefined
// behaviour.
#include "KernelStress.h"

#include "Reference.h"

int32_t kernel_stress_failures(void) {
  stress::Tally tally;
  stress::compareStatuses(tally);
  ck_threads *borrowed = ck_threads_borrow(3, [](ck_thread_function function, const void *body, int32_t count) {
    for (int32_t thread = count - 1; thread >= 0; thread--) function(body, thread);
  });
  for (const int threadCount : {1, 2, 3}) {
    ck_threads *threads = ck_threads_create(threadCount);
    for (const auto &set : stress::instructionSets) {
      if (!ck_instruction_set_is_available(set.set)) continue;
      stress::compareConvolutions(set, threads, borrowed, tally);
      stress::compareLayers(set, threads, tally);
    }
    ck_threads_destroy(threads);
  }
  ck_threads_destroy(borrowed);
  std::printf("%d comparisons, %d failures\n", tally.comparisons, tally.failures);
  return tally.failures;
}
