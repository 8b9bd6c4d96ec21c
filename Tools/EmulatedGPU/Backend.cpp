// What libtorch asks libtorch_cuda for besides operators.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include "Memory.h"
#include "Timeline.h"

namespace emulated {

namespace {

struct GuardImplementation final : c10::impl::DeviceGuardImplInterface {
  GuardImplementation() = default;
  explicit GuardImplementation(c10::DeviceType) {}

  c10::DeviceType type() const override { return c10::DeviceType::CUDA; }

  c10::Device exchangeDevice(c10::Device device) const override {
    return place(exchange_device(device.index()));
  }
  c10::Device getDevice() const override { return place(current_device()); }
  void setDevice(c10::Device device) const override { exchange_device(device.index()); }
  void uncheckedSetDevice(c10::Device device) const noexcept override {
    exchange_device(device.index());
  }
  c10::DeviceIndex deviceCount() const noexcept override {
    return static_cast<c10::DeviceIndex>(device_count());
  }

  c10::Stream getStream(c10::Device device) const override {
    return current_stream(device.index()).handle();
  }
  c10::Stream getDefaultStream(c10::Device device) const override {
    return default_stream(device.index()).handle();
  }
  c10::Stream exchangeStream(c10::Stream stream) const override {
    return exchange_stream(stream_of(stream)).handle();
  }

  void destroyEvent(void *event, const c10::DeviceIndex) const noexcept override {
    delete static_cast<Event *>(event);
  }
  void record(
      void **event, const c10::Stream &stream, const c10::DeviceIndex,
      const c10::EventFlag) const override {
    if (!*event) *event = new Event{stream.device_index()};
    emulated::record(*static_cast<Event *>(*event), stream_of(stream));
  }
  void block(void *event, const c10::Stream &stream) const override {
    if (event) wait(stream_of(stream), *static_cast<Event *>(event));
  }
  bool queryEvent(void *) const override { return true; }
  bool queryStream(const c10::Stream &) const override { return true; }
  void synchronizeStream(const c10::Stream &stream) const override { synchronize(stream_of(stream)); }
  void synchronizeEvent(void *event) const override { synchronize(*static_cast<Event *>(event)); }
  void synchronizeDevice(const c10::DeviceIndex device) const override { synchronize_device(device); }

  void recordDataPtrOnStream(const c10::DataPtr &data, const c10::Stream &stream) const override {
    if (const auto block = block_of(data)) block->recorded.push_back(stream_of(stream).number);
  }

 private:
  static c10::Device place(int device) {
    return {c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(device)};
  }
};

C10_REGISTER_GUARD_IMPL(CUDA, GuardImplementation)

}  // namespace

}  // namespace emulated

namespace at {

// libtorch finds it by this name.
struct CUDAHooks final : CUDAHooksInterface {
  explicit CUDAHooks(CUDAHooksArgs) {}

  void init() const override { c10::SetAllocator(c10::kCUDA, emulated::device_allocator(), 255); }
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasCUDA() const override { return true; }
  bool hasPrimaryContext(DeviceIndex) const override { return true; }
  int getNumGPUs() const override { return emulated::device_count(); }
  DeviceIndex deviceCount() const override {
    return static_cast<DeviceIndex>(emulated::device_count());
  }
  DeviceIndex current_device() const override {
    return static_cast<DeviceIndex>(emulated::current_device());
  }
  DeviceIndex getCurrentDevice() const override { return current_device(); }
  Allocator *getPinnedMemoryAllocator() const override { return emulated::pinned_allocator(); }
  Allocator *getCUDADeviceAllocator() const override { return emulated::device_allocator(); }
  // Nothing random happens here, but seeds are set.
  const Generator &getDefaultGenerator(DeviceIndex) const override {
    static const Generator generator = detail::createCPUGenerator();
    return generator;
  }
  bool isPinnedPtr(const void *data) const override { return emulated::is_pinned(data); }
  void deviceSynchronize(DeviceIndex device) const override { emulated::synchronize_device(device); }
};

REGISTER_CUDA_HOOKS(CUDAHooks)

}  // namespace at
