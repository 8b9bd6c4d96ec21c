#include <cstring>

#include "TensorHandle.h"

#include <ATen/ops/empty.h>

#include "Devices.h"
#include "Failure.h"

CTorchMessage ctorch_tensor_from_bytes(
    const void *bytes, const int64_t *shape, size_t dimensions, CTorchScalarType type,
    CTorchTensor **result) {
  return ctorch::guarded([&] {
    at::Tensor tensor = at::empty(
        at::IntArrayRef(shape, dimensions),
        at::TensorOptions().dtype(static_cast<at::ScalarType>(type)));
    if (tensor.nbytes() > 0) std::memcpy(tensor.data_ptr(), bytes, tensor.nbytes());
    *result = ctorch::handle(std::move(tensor));
  });
}

void ctorch_tensor_release(CTorchTensor *tensor) { delete tensor; }

size_t ctorch_tensor_dimensions(const CTorchTensor *tensor) { return tensor->value.dim(); }

int64_t ctorch_tensor_size(const CTorchTensor *tensor, size_t dimension) {
  return tensor->value.sizes()[dimension];
}

int64_t ctorch_tensor_count(const CTorchTensor *tensor) { return tensor->value.numel(); }

CTorchScalarType ctorch_tensor_type(const CTorchTensor *tensor) {
  return static_cast<CTorchScalarType>(tensor->value.scalar_type());
}

CTorchDeviceType ctorch_tensor_device_type(const CTorchTensor *tensor) {
  return static_cast<CTorchDeviceType>(tensor->value.device().type());
}

int8_t ctorch_tensor_device_index(const CTorchTensor *tensor) {
  return tensor->value.device().index();
}

bool ctorch_tensor_is_contiguous(const CTorchTensor *tensor) {
  return tensor->value.is_contiguous();
}

void *ctorch_tensor_data(const CTorchTensor *tensor) { return tensor->value.data_ptr(); }

CTorchMessage ctorch_tensor_set_data(CTorchTensor *tensor, const CTorchTensor *data) {
  return ctorch::guarded([&] { tensor->value.set_data(data->value); });
}

bool ctorch_tensor_requires_gradient(const CTorchTensor *tensor) {
  return tensor->value.requires_grad();
}

CTorchMessage ctorch_tensor_set_requires_gradient(CTorchTensor *tensor, bool required) {
  return ctorch::guarded([&] { tensor->value.set_requires_grad(required); });
}

CTorchTensor *ctorch_tensor_gradient(const CTorchTensor *tensor) {
  const at::Tensor &gradient = tensor->value.grad();
  return gradient.defined() ? ctorch::handle(gradient) : nullptr;
}

void ctorch_tensor_clear_gradient(CTorchTensor *tensor) { tensor->value.mutable_grad().reset(); }

CTorchMessage ctorch_tensor_backward(const CTorchTensor *tensor) {
  ctorch::has_counted_devices = true;
  return ctorch::guarded([] { return std::string("backward: "); }, [&] { tensor->value.backward(); });
}
