// Memory for what is streamed: weights, maps and scratch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace ck {

constexpr size_t pageBytes = 4096;

// A number of bytes rounded up to whole pages.
constexpr size_t inPages(size_t bytes) { return (bytes + pageBytes - 1) / pageBytes * pageBytes; }

// See `ck_allocate` and `ck_free`.
void *allocate(size_t bytes);
void deallocate(void *memory, size_t bytes);

// Memory that frees itself.
struct Memory {
  Memory() = default;
  explicit Memory(size_t bytes) : data(static_cast<uint8_t *>(allocate(bytes))), bytes(bytes) {}
  Memory(Memory &&other) noexcept : data(std::exchange(other.data, nullptr)), bytes(other.bytes) {}
  Memory &operator=(Memory &&other) noexcept {
    std::swap(data, other.data);
    std::swap(bytes, other.bytes);
    return *this;
  }
  ~Memory() { deallocate(data, bytes); }

  uint8_t *data = nullptr;
  size_t bytes = 0;
};

}  // namespace ck
