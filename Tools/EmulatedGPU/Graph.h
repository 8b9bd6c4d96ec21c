// CUDA graphs of GPUs that do not exist.
#pragma once

#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include "Memory.h"
#include "Timeline.h"

namespace emulated {

struct Use {
  std::shared_ptr<Block> block;
  bool is_write;
};

/// An operator, as it runs on the CPU.
struct Call {
  c10::OperatorHandle op;
  /// Tensors lie in the memory of those on the GPU, which they do not keep alive.
  torch::jit::Stack arguments;
  std::vector<Use> uses;
  /// What it makes anew is written here, one for each result; undefined for the others.
  std::vector<at::Tensor> results;

  /// - Returns: what the operator returned.
  torch::jit::Stack run() const;
};

struct Graph {
  std::vector<Call> calls;
  std::shared_ptr<Pool> pool;
  Stream *stream = nullptr;

  void begin(Stream &stream, const Graph *sharing);
  void end();
  void replay(Stream &stream);
};

}  // namespace emulated
