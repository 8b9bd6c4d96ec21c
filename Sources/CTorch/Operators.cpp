#include <sstream>

#include "TensorHandle.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include "Failure.h"

struct CTorchOperator {
  c10::OperatorHandle handle;
};

namespace {

using c10::IValue;

/// A list argument takes the form that the schema asks for: `Tensor?[]` and `Tensor[]` differ, and so
/// do `int[]` and `float[]`.
IValue tensor_list(
    const c10::Type &element, CTorchTensor *const *tensors, uint32_t count) {
  if (element.kind() == c10::TypeKind::OptionalType) {
    c10::List<std::optional<at::Tensor>> list;
    list.reserve(count);
    for (uint32_t i = 0; i < count; ++i) {
      list.push_back(tensors[i] ? std::optional(tensors[i]->value) : std::nullopt);
    }
    return list;
  }
  c10::List<at::Tensor> list;
  list.reserve(count);
  for (uint32_t i = 0; i < count; ++i) list.push_back(tensors[i]->value);
  return list;
}

const c10::Type &without_optional(const c10::Type &type) {
  return type.kind() == c10::TypeKind::OptionalType ? *type.containedType(0) : type;
}

IValue boxed(
    const CTorchValue &value, const c10::Argument &argument, const int64_t *integers,
    CTorchTensor *const *tensors) {
  switch (value.tag) {
    case CTorchTagNone: return IValue();
    case CTorchTagTensor: return value.tensor ? IValue(value.tensor->value) : IValue();
    case CTorchTagInteger:
      if (without_optional(*argument.type()).kind() == c10::TypeKind::FloatType) {
        return IValue(static_cast<double>(value.integer));
      }
      return IValue(value.integer);
    case CTorchTagReal: return IValue(value.real);
    case CTorchTagBoolean: return IValue(value.boolean);
    case CTorchTagDevice:
      return IValue(
          c10::Device(static_cast<c10::DeviceType>(value.device.type), value.device.index));
    case CTorchTagIntegers:
      return IValue(
          c10::IntArrayRef(integers + value.list.offset, value.list.count));
    case CTorchTagTensors: {
      const auto &type = without_optional(*argument.type());
      TORCH_CHECK(
          type.kind() == c10::TypeKind::ListType, "argument `", argument.name(),
          "` takes no list of tensors");
      return tensor_list(*type.containedType(0), tensors + value.list.offset, value.list.count);
    }
  }
  TORCH_CHECK(false, "an argument of unknown kind");
}

std::string described(const CTorchValue &value, CTorchTensor *const *tensors) {
  std::ostringstream text;
  auto shape = [&](const CTorchTensor *tensor) {
    if (!tensor) {
      text << "none";
    } else {
      text << tensor->value.scalar_type() << tensor->value.sizes();
    }
  };
  switch (value.tag) {
    case CTorchTagNone: text << "none"; break;
    case CTorchTagTensor: shape(value.tensor); break;
    case CTorchTagInteger: text << value.integer; break;
    case CTorchTagReal: text << value.real; break;
    case CTorchTagBoolean: text << (value.boolean ? "true" : "false"); break;
    case CTorchTagDevice: text << "device"; break;
    case CTorchTagIntegers: text << value.list.count << " integers"; break;
    case CTorchTagTensors:
      text << "[";
      for (uint32_t i = 0; i < value.list.count && i < 8; ++i) {
        if (i > 0) text << ", ";
        shape(tensors[value.list.offset + i]);
      }
      text << (value.list.count > 8 ? ", ...]" : "]");
      break;
  }
  return text.str();
}

}  // namespace

CTorchMessage ctorch_operator_find(
    const char *name, const char *overload, const CTorchOperator **result) {
  return ctorch::guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "libtorch has no operator ", name, ".", overload);
    *result = new CTorchOperator{*handle};
  });
}

CTorchMessage ctorch_operator_call(
    const CTorchOperator *op, const CTorchValue *arguments, size_t argument_count,
    const int64_t *integers, CTorchTensor *const *tensors, CTorchTensor **results,
    size_t *result_count) {
  auto context = [&] {
    std::string text = op->handle.operator_name().name + "(";
    for (size_t i = 0; i < argument_count; ++i) {
      if (i > 0) text += ", ";
      text += described(arguments[i], tensors);
    }
    return text + "): ";
  };
  return ctorch::guarded(context, [&] {
    const auto &schema = op->handle.schema();
    const auto &parameters = schema.arguments();
    TORCH_CHECK(argument_count <= parameters.size(), "too many arguments for ", schema);
    torch::jit::Stack stack;
    stack.reserve(parameters.size());
    for (size_t i = 0; i < argument_count; ++i) {
      stack.push_back(boxed(arguments[i], parameters[i], integers, tensors));
    }
    for (size_t i = argument_count; i < parameters.size(); ++i) {
      const auto &value = parameters[i].default_value();
      TORCH_CHECK(value.has_value(), "argument `", parameters[i].name(), "` is missing");
      stack.push_back(*value);
    }
    op->handle.callBoxed(stack);

    std::vector<at::Tensor> returned;
    for (auto &value : stack) {
      if (value.isTensor()) {
        returned.push_back(std::move(value).toTensor());
      } else if (value.isTensorList()) {
        for (const at::Tensor &tensor : value.toTensorVector()) returned.push_back(tensor);
      }
    }
    TORCH_CHECK(
        returned.size() <= *result_count, "returned ", returned.size(), " tensors, of which only ",
        *result_count, " were expected");
    *result_count = returned.size();
    for (size_t i = 0; i < returned.size(); ++i) {
      results[i] = ctorch::handle(std::move(returned[i]));
    }
  });
}
