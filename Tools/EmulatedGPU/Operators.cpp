// Every operator of CUDA's, run by the CPU in the GPU's memory.
//
// libtorch's own operators that work on any device do so here too; those that libtorch_cuda would bring come to `run`. It
// refuses what CUDA refuses: tensors of different devices, and waiting while a graph is captured.

#include <cstring>
#include <set>

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/native/Resize.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/unfold_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/DeviceGuard.h>
#include <torch/library.h>

#include "Graph.h"
#include "Memory.h"
#include "Timeline.h"

namespace emulated {

namespace {

using torch::jit::Stack;

/// Operators whose results' sizes depend on values, which the program has to wait for.
const std::set<std::string> waiting_operators{
    "aten::nonzero",     "aten::masked_select", "aten::_unique2",  "aten::unique_dim", "aten::unique_consecutive",
    "aten::bincount",    "aten::equal",         "aten::histc",     "aten::repeat_interleave",
};

void refuse_capture(const Stream &stream, const std::string &name) {
  TORCH_CHECK(!stream.graph, "CUDA error: operation not permitted when stream is capturing: ", name);
}

/// A tensor of the CPU's in the memory of one on the GPU.
at::Tensor twin(const at::Tensor &tensor, const std::shared_ptr<Block> &block) {
  const auto &original = tensor.storage();
  auto *holder = new std::shared_ptr<Block>(block);
  c10::Storage storage(
      c10::Storage::use_byte_size_t(), original.nbytes(),
      c10::DataPtr(
          original.mutable_data(), holder,
          [](void *context) { delete static_cast<std::shared_ptr<Block> *>(context); },
          c10::Device(c10::DeviceType::CPU)),
      c10::GetCPUAllocator(), /*resizable=*/true);
  auto result = at::detail::make_tensor<c10::TensorImpl>(
      std::move(storage), c10::DispatchKeySet(c10::DispatchKey::CPU), tensor.dtype());
  result.unsafeGetTensorImpl()->set_sizes_and_strides(
      tensor.sizes(), tensor.strides(), tensor.storage_offset());
  return result;
}

at::Tensor empty_like_on(int device, const at::Tensor &tensor) {
  const c10::DeviceGuard guard(c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device)));
  return at::empty_strided(
      tensor.sizes(), tensor.strides(),
      tensor.options().device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device)));
}

/// Turns arguments of an operator on the GPU into those of the same operator on the CPU.
class Translation {
 public:
  explicit Translation(std::string name) : name_(std::move(name)) {}

  int device = -1;
  std::vector<Use> uses;

  c10::IValue operator()(const c10::IValue &value, bool is_write) {
    if (value.isTensor()) return translated(value.toTensor(), is_write);
    if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const auto &tensor : value.toTensorVector()) list.push_back(translated(tensor, is_write));
      return list;
    }
    if (value.isOptionalTensorList()) {
      c10::List<std::optional<at::Tensor>> list;
      for (const auto &element : value.toOptionalTensorVector()) {
        list.push_back(
            element ? std::optional(translated(*element, is_write)) : std::nullopt);
      }
      return list;
    }
    if (value.isDevice()) {
      note(value.toDevice());
      return c10::Device(c10::DeviceType::CPU);
    }
    return value;
  }

 private:
  std::string name_;

  void note(const c10::Device &place) {
    const int index = place.has_index() ? place.index() : current_device();
    TORCH_CHECK(
        device < 0 || device == index, name_, ": Expected all tensors to be on the same device, but found cuda:",
        device, " and cuda:", index);
    device = index;
  }

  at::Tensor translated(const at::Tensor &tensor, bool is_write) {
    if (!tensor.defined()) return tensor;
    if (tensor.is_cuda()) {
      note(tensor.device());
      const auto block = block_of(tensor.storage().data_ptr());
      if (block) uses.push_back({block, is_write});
      return twin(tensor, block);
    }
    TORCH_CHECK(
        tensor.dim() == 0 && !is_write, name_,
        ": Expected all tensors to be on the same device, but found at least two devices, cuda and cpu, of shape ",
        tensor.sizes());
    // A kernel gets its value, which a graph keeps.
    return tensor.clone();
  }
};

/// The same with zeros in memory of its own: for shapes, without anything read or written that matters.
Call rehearsal_of(const Call &call) {
  Call rehearsal{call.op, {}, {}, {}};
  auto blank = [](const at::Tensor &tensor) {
    if (!tensor.defined()) return tensor;
    auto copy = at::empty_strided(tensor.sizes(), tensor.strides(), tensor.options());
    return copy.zero_();
  };
  for (const auto &value : call.arguments) {
    if (value.isTensor()) {
      rehearsal.arguments.push_back(blank(value.toTensor()));
    } else if (value.isTensorList()) {
      c10::List<at::Tensor> list;
      for (const auto &tensor : value.toTensorVector()) list.push_back(blank(tensor));
      rehearsal.arguments.push_back(list);
    } else {
      rehearsal.arguments.push_back(value);
    }
  }
  return rehearsal;
}

/// Gives a tensor on the GPU the shape that its twin was given.
void resize(const at::Tensor &tensor, const at::Tensor &twin) {
  const at::Tensor fresh = empty_like_on(tensor.device().index(), twin);
  tensor.unsafeGetTensorImpl()->set_storage_keep_dtype(fresh.storage());
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(twin.sizes(), twin.strides());
}

void run(const c10::OperatorHandle &op, Stack *stack) {
  const std::lock_guard guard(lock());
  const auto &schema = op.schema();
  const auto &name = op.operator_name().name;
  TORCH_CHECK(name.starts_with("aten::"), "libtorch_cuda has no ", name);
  note_operator(name);
  const size_t count = schema.arguments().size();
  const Stack arguments(stack->end() - static_cast<ptrdiff_t>(count), stack->end());
  stack->erase(stack->end() - static_cast<ptrdiff_t>(count), stack->end());

  Translation translation(name);
  Call call{op, {}, {}, {}};
  for (size_t i = 0; i < count; ++i) {
    const auto *alias = schema.arguments()[i].alias_info();
    call.arguments.push_back(translation(arguments[i], alias && alias->isWrite()));
  }
  const int device = translation.device < 0 ? current_device() : translation.device;
  call.uses = std::move(translation.uses);
  Stream &stream = current_stream(device);

  // Results that the operator makes, or that it is given without a shape.
  bool decides_shapes = false;
  for (const auto &result : schema.returns()) decides_shapes |= !result.alias_info();
  for (size_t i = 0; i < count; ++i) {
    const auto *alias = schema.arguments()[i].alias_info();
    decides_shapes |= alias && alias->isWrite() && arguments[i].isTensor() && arguments[i].toTensor().numel() == 0;
  }
  if (waiting_operators.contains(name)) {
    refuse_capture(stream, name);
    synchronize(stream);
  }

  Stack returned, ran = call.arguments;
  if (stream.graph) {
    if (decides_shapes) {
      const Call rehearsal = rehearsal_of(call);
      returned = rehearsal.run();
      ran = rehearsal.arguments;
    }
  } else {
    const Tick tick = enqueue(stream);
    for (const auto &[block, is_write] : call.uses) block->touch(stream, tick, is_write, name);
    returned = call.run();
    ++counts().operators;
  }

  // What was written is returned as the tensor that came in, what was made moves to the GPU.
  for (size_t i = 0; i < schema.returns().size(); ++i) {
    const auto *alias = schema.returns()[i].alias_info();
    if (alias) {
      TORCH_CHECK(alias->isWrite(), "the emulated GPU lacks the view ", name);
      for (size_t j = 0; j < count; ++j) {
        const auto *source = schema.arguments()[j].alias_info();
        if (!source || source->beforeSets() != alias->beforeSets()) continue;
        stack->push_back(arguments[j]);
        if (!arguments[j].isTensor() || ran[j].toTensor().sizes() == arguments[j].toTensor().sizes()) break;
        const at::Tensor &tensor = arguments[j].toTensor();
        resize(tensor, ran[j].toTensor());
        const auto block = block_of(tensor.storage().data_ptr());
        call.uses.push_back({block, true});
        call.arguments[j] = twin(tensor, block);
        if (!stream.graph) {
          block->touch(stream, stream.count, true, name);
          call.arguments[j].toTensor().copy_(ran[j].toTensor());
        }
        break;
      }
      call.results.emplace_back();
      continue;
    }
    if (!returned[i].isTensor()) {
      TORCH_CHECK(!returned[i].isTensorList(), "the emulated GPU lacks ", name, ", which returns a list");
      stack->push_back(returned[i]);
      call.results.emplace_back();
      continue;
    }
    const at::Tensor &made = returned[i].toTensor();
    if (!made.defined()) {
      stack->push_back(made);
      call.results.emplace_back();
      continue;
    }
    const at::Tensor result = empty_like_on(device, made);
    const auto block = block_of(result.storage().data_ptr());
    if (block) {
      call.uses.push_back({block, true});
      if (!stream.graph) {
        block->touch(stream, stream.count, true, name);
        memcpy(block->data, made.data_ptr(), made.storage().nbytes());
      }
    }
    call.results.push_back(block ? twin(result, block) : at::Tensor());
    stack->push_back(result);
  }
  if (stream.graph) stream.graph->calls.push_back(std::move(call));
}

at::Tensor empty(
    c10::IntArrayRef size, std::optional<at::ScalarType> type, std::optional<at::Layout>,
    std::optional<at::Device> device, std::optional<bool>, std::optional<at::MemoryFormat> format) {
  const c10::DeviceGuard guard(*device);
  return at::detail::empty_generic(
      size, device_allocator(), c10::DispatchKeySet(c10::DispatchKey::CUDA),
      type.value_or(at::kFloat), format);
}

at::Tensor empty_strided(
    c10::IntArrayRef size, c10::IntArrayRef stride, std::optional<at::ScalarType> type,
    std::optional<at::Layout>, std::optional<at::Device> device, std::optional<bool>) {
  const c10::DeviceGuard guard(*device);
  return at::detail::empty_strided_generic(
      size, stride, device_allocator(), c10::DispatchKeySet(c10::DispatchKey::CUDA),
      type.value_or(at::kFloat));
}

/// Between two places on a GPU, an operator like others; from and to the program, a copy that it waits for, except between
/// pinned memory and the GPU where it does not want to.
at::Tensor &copy(at::Tensor &self, const at::Tensor &source, bool is_later) {
  if (self.numel() == 0) return self;
  const std::lock_guard guard(lock());
  static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("aten::copy_", "");
  TORCH_CHECK(
      !self.is_cuda() || !source.is_cuda() || self.device() == source.device(),
      "the emulated GPUs copy nothing to each other");
  if (self.is_cuda() && source.is_cuda()) {
    Stack stack{self, source, is_later};
    run(op, &stack);
    return self;
  }
  const at::Tensor &there = self.is_cuda() ? self : source, &here = self.is_cuda() ? source : self;
  Stream &stream = current_stream(there.device().index());
  refuse_capture(stream, "a copy between the program's memory and the GPU's");
  const auto block = block_of(there.storage().data_ptr());
  block->touch(stream, enqueue(stream), self.is_cuda(), "aten::copy_");
  const at::Tensor local = twin(there, block);
  const bool waits = !is_later || !is_pinned(here.data_ptr());
  ++counts().operators;
  if (waits) {
    (self.is_cuda() ? local : self).copy_(self.is_cuda() ? source : local);
    synchronize(stream);
  } else if (self.is_cuda()) {
    local.copy_(source);
    stage_reading(source.data_ptr(), source.nbytes(), stream);
  } else {
    TORCH_CHECK(here.is_contiguous(), "the emulated GPU writes contiguous memory only");
    const auto bytes = local.to(here.scalar_type()).contiguous();
    const auto *start = static_cast<const char *>(bytes.data_ptr());
    stage_writing(here.data_ptr(), {start, start + bytes.nbytes()}, stream);
  }
  return self;
}

at::Scalar local_scalar(const at::Tensor &self) {
  const std::lock_guard guard(lock());
  Stream &stream = current_stream(self.device().index());
  refuse_capture(stream, "aten::_local_scalar_dense");
  const auto block = block_of(self.storage().data_ptr());
  block->touch(stream, enqueue(stream), false, "aten::_local_scalar_dense");
  synchronize(stream);
  return twin(self, block).item();
}

}  // namespace

TORCH_LIBRARY_IMPL(_, CUDA, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&run>());
}

TORCH_LIBRARY_IMPL(aten, CUDA, library) {
  library.impl("empty.memory_format", empty);
  library.impl("empty_strided", empty_strided);
  library.impl("copy_", copy);
  library.impl("_local_scalar_dense", local_scalar);
  library.impl("view", at::native::view);
  library.impl("unfold", at::native::unfold);
  library.impl("_reshape_alias", at::native::_reshape_alias);
  library.impl("as_strided", at::native::as_strided_tensorimpl);
  // On any device these work on, they take different ways from there.
  library.impl("convolution", torch::CppFunction::makeFromBoxedFunction<&run>());
  library.impl("convolution_backward", torch::CppFunction::makeFromBoxedFunction<&run>());
}

}  // namespace emulated
