// Memory of GPUs that do not exist: where it is, who wrote it last, and whether it still belongs to a tensor.
#pragma once

#include <memory>
#include <vector>

#include <c10/core/Allocator.h>
#include <c10/core/Storage.h>

#include "Timeline.h"

namespace emulated {

/// The memory of graphs that share it.
struct Pool;

struct Block {
  void *data = nullptr;
  size_t size = 0;
  int device = 0;
  /// That of the allocation: what it runs next may get the memory once the tensor is gone.
  int stream = 0;
  /// Of the graphs that it was allocated for; null for other memory.
  std::shared_ptr<Pool> pool;
  /// Whether a tensor has it.
  bool is_live = true;

  struct Access {
    int stream;
    Tick tick;
    std::string name;
  };
  std::vector<Access> writes, reads;
  /// Streams that the allocator was told of.
  std::vector<int> recorded;

  ~Block();

  /// Complains of a race.
  void touch(const Stream &stream, Tick tick, bool writes, const std::string &name);
};

struct Pool {
  std::vector<std::shared_ptr<Block>> blocks;

  /// What belongs to no tensor holds nothing that anybody may count on: it becomes NaN.
  void poison();
};

/// The block of a tensor on an emulated GPU.
std::shared_ptr<Block> block_of(const c10::DataPtr &data);
/// The block that begins at an address, of those that belong to a tensor.
std::shared_ptr<Block> block_at(const void *data);

/// Has no address; what it allocates lies on the current device.
c10::Allocator *device_allocator();
c10::Allocator *pinned_allocator();
bool is_pinned(const void *data);

/// A stream reads pinned memory while the program goes on, which must not change it meanwhile.
void stage_reading(const void *data, size_t size, const Stream &stream);
/// A stream writes pinned memory while the program goes on: the bytes arrive when the program has waited for them, and are
/// NaN until then.
void stage_writing(void *data, std::vector<char> bytes, const Stream &stream);
/// Of all copies that the program has waited for.
void finish_copies(const Clock &host);

struct Usage {
  size_t total, allocated, peak, reserved;
};
Usage usage(int device);

}  // namespace emulated
