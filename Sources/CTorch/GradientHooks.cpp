#include "TensorHandle.h"

#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include "Failure.h"

namespace {

class Notification final : public torch::autograd::PostAccumulateGradHook {
 public:
  Notification(CTorchNotify notify, CTorchNotify release, void *context)
      : notify_(notify), release_(release), context_(context) {}
  ~Notification() override { release_(context_); }
  void operator()(const at::Tensor &) override { notify_(context_); }

 private:
  CTorchNotify notify_, release_;
  void *context_;
};

}  // namespace

CTorchMessage ctorch_tensor_notify_of_gradient(
    CTorchTensor *tensor, CTorchNotify notify, CTorchNotify release, void *context) {
  auto hook = std::make_unique<Notification>(notify, release, context);
  return ctorch::guarded([&] {
    TORCH_CHECK(
        tensor->value.is_leaf() && tensor->value.requires_grad(),
        "only a parameter has an accumulated gradient");
    torch::autograd::impl::set_post_acc_grad_hooks(tensor->value, std::move(hook));
  });
}

void ctorch_tensor_forget_notification(CTorchTensor *tensor) {
  torch::autograd::impl::post_acc_grad_hooks(tensor->value).reset();
}
