#include "Graph.h"

#include <cstring>

#include <c10/core/impl/LocalDispatchKeySet.h>
#include <c10/util/Exception.h>

namespace emulated {

torch::jit::Stack Call::run() const {
  torch::jit::Stack stack = arguments;
  {
    const c10::impl::ExcludeDispatchKeyGuard guard(
        c10::autograd_dispatch_keyset | c10::autocast_dispatch_keyset |
        c10::DispatchKeySet(c10::DispatchKey::ADInplaceOrView));
    op.callBoxed(stack);
  }
  for (size_t i = 0; i < results.size(); ++i) {
    if (!results[i].defined()) continue;
    const at::Tensor &made = stack[i].toTensor();
    TORCH_CHECK(
        made.sizes() == results[i].sizes() && made.strides() == results[i].strides(),
        op.operator_name().name, " made ", made.sizes(), " in a replay, ", results[i].sizes(), " before");
    memcpy(results[i].data_ptr(), made.data_ptr(), made.storage().nbytes());
  }
  return stack;
}

void Graph::begin(Stream &stream, const Graph *sharing) {
  const std::lock_guard guard(lock());
  TORCH_CHECK(stream.id != 0, "CUDA graphs must be captured on a non-default stream.");
  TORCH_CHECK(!stream.graph, "CUDA error: operation not permitted when stream is capturing: a second capture");
  pool = sharing ? sharing->pool : std::make_shared<Pool>();
  this->stream = &stream;
  stream.graph = this;
}

void Graph::end() {
  const std::lock_guard guard(lock());
  TORCH_CHECK(stream && stream->graph == this, "the graph is not being captured");
  stream->graph = nullptr;
  counts().captured += static_cast<int64_t>(calls.size());
}

void Graph::replay(Stream &stream) {
  const std::lock_guard guard(lock());
  TORCH_CHECK(!stream.graph, "CUDA error: operation not permitted when stream is capturing: a replay");
  const Tick tick = enqueue(stream);
  pool->poison();
  for (const auto &call : calls) {
    for (const auto &[block, is_write] : call.uses) {
      TORCH_CHECK(
          block->pool == pool || block->is_live, "a graph's ", call.op.operator_name().name,
          " uses memory that is free by now");
      block->touch(stream, tick, is_write, call.op.operator_name().name);
    }
    call.run();
  }
  ++counts().replays;
}

}  // namespace emulated
