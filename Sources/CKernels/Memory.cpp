#include "Memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

namespace ck {

namespace {

constexpr size_t hugePage = 2 << 20;

}  // namespace

// The system's fresh pages are zero. They are not touched here, where one thread would wait for all of them: whoever
// writes first gets them, and where memory is not at hand (on a virtual machine, say) that takes longer than packing.
void *allocate(size_t bytes) {
  // Small things are not worth a huge page each.
  if (bytes < hugePage) {
    void *memory = std::aligned_alloc(pageBytes, inPages(bytes));
    return memory ? std::memset(memory, 0, inPages(bytes)) : nullptr;
  }
  if (bytes > SIZE_MAX / 2) return nullptr;
  bytes = (bytes + hugePage - 1) / hugePage * hugePage;
  const size_t reserved = bytes + hugePage;
  void *mapped = mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  uint8_t *first = static_cast<uint8_t *>(mapped);
  const size_t before = (hugePage - reinterpret_cast<uintptr_t>(first) % hugePage) % hugePage;
  if (before > 0) munmap(first, before);
  munmap(first + before + bytes, reserved - before - bytes);
#if defined(MADV_HUGEPAGE)
  madvise(first + before, bytes, MADV_HUGEPAGE);
#endif
  return first + before;
}

void deallocate(void *memory, size_t bytes) {
  if (!memory) return;
  if (bytes >= hugePage) {
    munmap(memory, (bytes + hugePage - 1) / hugePage * hugePage);
  } else {
    std::free(memory);
  }
}

}  // namespace ck
