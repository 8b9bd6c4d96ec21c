// The C door to libtorch: one boxed call for every operator of its dispatcher, and a few functions
// for what is no operator.
//
// Every function that can fail returns a message, to be freed with `ctorch_message_free`, or NULL.
// No C++ exception passes this header. Tensors are owned handles: whoever receives one releases it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CTorchTensor CTorchTensor;
typedef struct CTorchOperator CTorchOperator;
typedef char *CTorchMessage;

void ctorch_message_free(CTorchMessage _Nonnull message);

// The values of c10::ScalarType that this project uses.
typedef enum : int8_t {
  CTorchScalarTypeUInt8 = 0,
  CTorchScalarTypeInt8 = 1,
  CTorchScalarTypeInt16 = 2,
  CTorchScalarTypeInt32 = 3,
  CTorchScalarTypeInt64 = 4,
  CTorchScalarTypeFloat16 = 5,
  CTorchScalarTypeFloat32 = 6,
  CTorchScalarTypeFloat64 = 7,
  CTorchScalarTypeBool = 11,
  CTorchScalarTypeBFloat16 = 15,
} CTorchScalarType;

// The values of c10::DeviceType that this project uses.
typedef enum : int8_t {
  CTorchDeviceTypeCPU = 0,
  CTorchDeviceTypeCUDA = 1,
} CTorchDeviceType;

// Operators.

typedef enum : int32_t {
  CTorchTagNone,
  CTorchTagTensor,
  CTorchTagInteger,
  CTorchTagReal,
  CTorchTagBoolean,
  CTorchTagDevice,
  // Lists stand in a pool beside the arguments, from `list.offset` on.
  CTorchTagIntegers,
  CTorchTagTensors,
} CTorchTag;

typedef struct {
  CTorchTag tag;
  union {
    CTorchTensor *_Nullable tensor;
    int64_t integer;
    double real;
    bool boolean;
    struct {
      int8_t type;
      int8_t index;
    } device;
    struct {
      uint32_t offset;
      uint32_t count;
    } list;
  };
} CTorchValue;

// Looks an operator up, such as ("aten::add", "Tensor"). The handle lives for ever.
CTorchMessage _Nullable ctorch_operator_find(
    const char *_Nonnull name, const char *_Nonnull overload,
    const CTorchOperator *_Nullable *_Nonnull result);

// Calls an operator. Arguments left out at the end take their defaults. The tensors it returns, those
// of a returned list among them, go to `results` in order; `result_count` holds the space there before
// and the number of tensors after the call.
CTorchMessage _Nullable ctorch_operator_call(
    const CTorchOperator *_Nonnull op, const CTorchValue *_Nullable arguments,
    size_t argument_count, const int64_t *_Nullable integers,
    CTorchTensor *_Nullable const *_Nullable tensors, CTorchTensor *_Nullable *_Nullable results,
    size_t *_Nonnull result_count);

// Tensors.

// Copies `bytes` into a new contiguous tensor on the CPU.
CTorchMessage _Nullable ctorch_tensor_from_bytes(
    const void *_Nullable bytes, const int64_t *_Nullable shape, size_t dimensions,
    CTorchScalarType type, CTorchTensor *_Nullable *_Nonnull result);
void ctorch_tensor_release(CTorchTensor *_Nonnull tensor);
size_t ctorch_tensor_dimensions(const CTorchTensor *_Nonnull tensor);
int64_t ctorch_tensor_size(const CTorchTensor *_Nonnull tensor, size_t dimension);
int64_t ctorch_tensor_count(const CTorchTensor *_Nonnull tensor);
CTorchScalarType ctorch_tensor_type(const CTorchTensor *_Nonnull tensor);
CTorchDeviceType ctorch_tensor_device_type(const CTorchTensor *_Nonnull tensor);
int8_t ctorch_tensor_device_index(const CTorchTensor *_Nonnull tensor);
bool ctorch_tensor_is_contiguous(const CTorchTensor *_Nonnull tensor);
// The first element; on a GPU, an address of its memory.
void *_Nullable ctorch_tensor_data(const CTorchTensor *_Nonnull tensor);

// Makes the tensor stand for another array, on whichever device, from now on.
CTorchMessage _Nullable ctorch_tensor_set_data(
    CTorchTensor *_Nonnull tensor, const CTorchTensor *_Nonnull data);

// Automatic differentiation.

bool ctorch_tensor_requires_gradient(const CTorchTensor *_Nonnull tensor);
CTorchMessage _Nullable ctorch_tensor_set_requires_gradient(
    CTorchTensor *_Nonnull tensor, bool required);
// A new handle on the accumulated gradient, or NULL when there is none.
CTorchTensor *_Nullable ctorch_tensor_gradient(const CTorchTensor *_Nonnull tensor);
void ctorch_tensor_clear_gradient(CTorchTensor *_Nonnull tensor);
CTorchMessage _Nullable ctorch_tensor_backward(const CTorchTensor *_Nonnull tensor);
typedef void (*CTorchNotify)(void *_Nullable context);
// Calls `notify` whenever a backward pass has added to a parameter's gradient all that it is going to,
// on the thread that computes it, and `release` when the parameter is gone or the notification
// forgotten. A parameter has one notification.
CTorchMessage _Nullable ctorch_tensor_notify_of_gradient(
    CTorchTensor *_Nonnull tensor, CTorchNotify _Nonnull notify, CTorchNotify _Nonnull release,
    void *_Nullable context);
void ctorch_tensor_forget_notification(CTorchTensor *_Nonnull tensor);

// Modes of the calling thread. Each function returns the former value.

bool ctorch_set_gradient_mode(bool enabled);
typedef struct {
  bool enabled;
  CTorchScalarType type;
} CTorchAutocast;
CTorchAutocast ctorch_set_autocast(CTorchDeviceType device, CTorchAutocast autocast);
void ctorch_clear_autocast_cache(void);

// The process.

// Makes the allocator keep freed memory for the next step instead of giving it back to the system.
void ctorch_keep_freed_memory(void);
void ctorch_seed(uint64_t seed);
void ctorch_set_threads(int count);
int ctorch_threads(void);
void ctorch_set_deterministic(bool deterministic);
const char *_Nonnull ctorch_version(void);
// Whether the processor has instructions for bfloat16.
bool ctorch_has_bfloat16(void);

// CUDA.

// The folder that the running libtorch_cpu was loaded from; NULL where the loader does not know. To be
// freed with `ctorch_message_free`.
CTorchMessage _Nullable ctorch_library_folder(void);
// Makes libtorch look for GPUs, after its part for CUDA has been loaded. Has to come before the first
// backward pass: libtorch then counts devices, once.
CTorchMessage _Nullable ctorch_cuda_start(void);
// Whether convolutions try the algorithms for their shapes and keep the fastest.
bool ctorch_set_algorithm_search(bool searches);
// Whether float32 convolutions and matrix products on a GPU may round their factors to 10 bits (TF32).
void ctorch_set_tf32(bool allowed);

#ifdef __cplusplus
}
#endif

#include "CTorchCUDA.h"
