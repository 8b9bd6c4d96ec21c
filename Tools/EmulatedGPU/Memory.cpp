#include "Memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <list>
#include <map>
#include <string_view>

#include <c10/util/Exception.h>

#include "Graph.h"

namespace emulated {

namespace {

constexpr size_t kAlignment = 512;

/// A copy that may still run, as far as the program knows.
struct Copy {
  char *data;
  size_t size;
  int stream;
  Tick tick;
  /// Of what is read.
  size_t hash = 0;
  /// What is written; empty where memory is read.
  std::vector<char> bytes;

  void finish() const;
};

struct Memory {
  std::map<int, Usage> usage;
  std::map<const void *, std::weak_ptr<Block>> live;
  std::map<const char *, size_t> pinned;
  std::list<Copy> copies;
};

Memory &memory() {
  static auto &memory = *new Memory;
  return memory;
}

size_t total_memory() {
  static const size_t bytes = [] {
    const char *text = getenv("EMULATED_GPU_MEMORY");
    return text ? strtoull(text, nullptr, 10) : size_t{8} << 30;
  }();
  return bytes;
}

size_t hash_of(const char *data, size_t size) {
  return std::hash<std::string_view>()(std::string_view(data, size));
}

void Copy::finish() const {
  if (!bytes.empty()) {
    memcpy(data, bytes.data(), size);
  } else if (hash_of(data, size) != hash) {
    complain("pinned memory was changed while a copy from it may run");
  }
}

size_t rounded(size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

// Nobody may count on what new memory holds: bytes of ones are NaN, and no index.
void *fresh(size_t size) {
  void *data = aligned_alloc(kAlignment, rounded(size));
  TORCH_CHECK(data, "no memory left for the emulated GPU");
  memset(data, 0xFF, rounded(size));
  return data;
}

void release_block(void *context) {
  const std::lock_guard guard(lock());
  const std::unique_ptr<std::shared_ptr<Block>> holder(static_cast<std::shared_ptr<Block> *>(context));
  Block &block = **holder;
  block.is_live = false;
  memory().live.erase(block.data);
  memory().usage[block.device].allocated -= block.size;
  if (block.pool) return;
  // The stream of the allocation gives the memory to what it runs next, in its own order.
  Stream *owner = nullptr;
  for (auto *accesses : {&block.writes, &block.reads}) {
    for (const auto &[stream, tick, name] : *accesses) {
      if (stream == block.stream || std::ranges::find(block.recorded, stream) != block.recorded.end()) continue;
      if (!owner) owner = &stream_at(block.stream);
      Clock seen = owner->all();
      seen.merge(host_clock());
      if (seen[stream] < tick) {
        complain(
            "memory that stream " + std::to_string(block.stream) + " gets back was used by " + name + " of stream " +
            std::to_string(stream) + ", which may not be over");
      }
    }
  }
}

struct DeviceAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t size) override {
    const std::lock_guard guard(lock());
    const int device = current_device();
    const c10::Device place(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device));
    if (size == 0) return {nullptr, nullptr, &release_nothing, place};
    auto &use = memory().usage[device];
    TORCH_CHECK_WITH(
        OutOfMemoryError, use.allocated + size <= total_memory(), "CUDA out of memory. Tried to allocate ",
        size, " bytes. GPU ", device, " has a total capacity of ", total_memory(), " bytes of which ",
        total_memory() - use.allocated, " bytes is free.");
    const Stream &stream = current_stream(device);
    auto block = std::make_shared<Block>();
    block->data = fresh(size);
    block->size = size;
    block->device = device;
    block->stream = stream.number;
    if (stream.graph) {
      block->pool = stream.graph->pool;
      block->pool->blocks.push_back(block);
    }
    use.allocated += size;
    use.peak = std::max(use.peak, use.allocated);
    use.reserved = std::max(use.reserved, rounded(use.allocated));
    void *data = block->data;
    memory().live[data] = block;
    return {data, new std::shared_ptr<Block>(std::move(block)), &release_block, place};
  }

  static void release_nothing(void *) {}

  c10::DeleterFnPtr raw_deleter() const override { return nullptr; }

  void copy_data(void *target, const void *source, std::size_t size) const override {
    memcpy(target, source, size);
  }
};

struct PinnedAllocator final : c10::Allocator {
  c10::DataPtr allocate(size_t size) override {
    const std::lock_guard guard(lock());
    char *data = static_cast<char *>(aligned_alloc(kAlignment, rounded(std::max<size_t>(size, 1))));
    TORCH_CHECK(data, "no memory left that an emulated GPU can read");
    memory().pinned[data] = size;
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }

  // libtorch's allocator waits for copies before it gives the memory away; only their contents are checked here.
  static void release(void *context) {
    const std::lock_guard guard(lock());
    char *data = static_cast<char *>(context);
    const auto end = data + memory().pinned.at(data);
    memory().copies.remove_if([&](const Copy &copy) {
      const bool is_inside = copy.data >= data && copy.data < end;
      if (is_inside) copy.finish();
      return is_inside;
    });
    memory().pinned.erase(data);
    free(data);
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void *target, const void *source, std::size_t size) const override {
    memcpy(target, source, size);
  }
};

}  // namespace

Block::~Block() { free(data); }

void Block::touch(const Stream &stream, Tick tick, bool is_write, const std::string &name) {
  auto check = [&](const std::vector<Access> &accesses, const char *what) {
    for (const auto &access : accesses) {
      if (access.stream == stream.number || stream.seen[access.stream] >= access.tick) continue;
      complain(
          name + " of stream " + std::to_string(stream.number) + (is_write ? " writes" : " reads") + " what " +
          access.name + " of stream " + std::to_string(access.stream) + what + ", and nothing orders them");
    }
  };
  check(writes, " writes");
  if (is_write) {
    check(reads, " reads");
    reads.clear();
    writes.clear();
  }
  auto &accesses = is_write ? writes : reads;
  std::erase_if(accesses, [&](const Access &access) { return access.stream == stream.number; });
  accesses.push_back({stream.number, tick, name});
}

void Pool::poison() {
  for (const auto &block : blocks) {
    if (!block->is_live) memset(block->data, 0xFF, block->size);
  }
}

std::shared_ptr<Block> block_of(const c10::DataPtr &data) {
  if (data.get_deleter() != &release_block) return nullptr;
  return *static_cast<std::shared_ptr<Block> *>(data.get_context());
}

std::shared_ptr<Block> block_at(const void *data) {
  const std::lock_guard guard(lock());
  const auto found = memory().live.find(data);
  return found == memory().live.end() ? nullptr : found->second.lock();
}

c10::Allocator *device_allocator() {
  static DeviceAllocator allocator;
  return &allocator;
}

c10::Allocator *pinned_allocator() {
  static PinnedAllocator allocator;
  return &allocator;
}

bool is_pinned(const void *data) {
  const std::lock_guard guard(lock());
  const auto address = static_cast<const char *>(data);
  auto next = memory().pinned.upper_bound(address);
  if (next == memory().pinned.begin()) return false;
  const auto &[start, size] = *--next;
  return address < start + std::max<size_t>(size, 1);
}

void stage_reading(const void *data, size_t size, const Stream &stream) {
  auto bytes = static_cast<char *>(const_cast<void *>(data));
  memory().copies.push_back({bytes, size, stream.number, stream.count, hash_of(bytes, size), {}});
}

void stage_writing(void *data, std::vector<char> bytes, const Stream &stream) {
  memset(data, 0xFF, bytes.size());
  const size_t size = bytes.size();
  memory().copies.push_back(
      {static_cast<char *>(data), size, stream.number, stream.count, 0, std::move(bytes)});
}

void finish_copies(const Clock &host) {
  memory().copies.remove_if([&](const Copy &copy) {
    if (host[copy.stream] < copy.tick) return false;
    copy.finish();
    return true;
  });
}

Usage usage(int device) {
  const std::lock_guard guard(lock());
  Usage usage = memory().usage[device];
  usage.total = total_memory();
  return usage;
}

}  // namespace emulated
