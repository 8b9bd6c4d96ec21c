// What the emulated GPU has to notice, done wrong on purpose, and done right beside it.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include <ATen/ATen.h>
#include <c10/core/StreamGuard.h>

#include "../Graph.h"
#include "../Memory.h"
#include "../Timeline.h"

namespace {

int failures = 0;

void expect(bool holds, const char *what) {
  if (holds) return;
  ++failures;
  printf("FAILED: %s\n", what);
}

/// What goes wrong silently.
void expect_complaint(bool wanted, const char *what, const std::function<void()> &body) {
  emulated::forget_complaints();
  body();
  expect((emulated::forget_complaints() > 0) == wanted, what);
}

/// What CUDA or libtorch refuses.
void expect_refusal(const char *what, const std::function<void()> &body) {
  bool is_refused = false;
  try {
    body();
  } catch (const c10::Error &) {
    is_refused = true;
  }
  expect(is_refused, what);
}

const auto gpu = at::TensorOptions(at::Device(at::kCUDA, 0));

void on(emulated::Stream &stream, const std::function<void()> &body) {
  const c10::StreamGuard guard(stream.handle());
  body();
}

void finish() { emulated::synchronize_device(0); }

void operators() {
  const auto a = at::rand({5, 7}), b = at::rand({7, 3});
  const auto there = at::mm(a.to(gpu.device()), b.to(gpu.device()));
  expect(there.is_cuda() && there.cpu().equal(at::mm(a, b)), "a product is that of the CPU");
  const auto picture = at::rand({2, 3, 9, 9}), kernel = at::rand({4, 3, 3, 3});
  const auto map = at::conv2d(picture.to(gpu.device()), kernel.to(gpu.device()), {}, 1, 2, 2);
  expect(map.cpu().equal(at::conv2d(picture, kernel, {}, 1, 2, 2)), "so is a dilated convolution");
  const auto view = there.slice(0, 1, 3).t();
  expect(view.cpu().equal(at::mm(a, b).slice(0, 1, 3).t()), "so is a view");
  const auto whole = at::zeros({4, 4}, gpu);
  whole.select(0, 2).fill_(3);
  expect(whole.sum().item<float>() == 12, "a view writes to the whole");
  expect(std::isnan(at::empty({1}, gpu).item<float>()), "new memory holds nothing");
  expect_refusal("a product with a matrix of the CPU's", [&] { at::mm(a.to(gpu.device()), b); });
  expect_refusal("a sum over two GPUs", [&] {
    at::ones({2}, gpu).add(at::ones({2}, at::Device(at::kCUDA, 1)));
  });
  expect_refusal("more memory than there is", [] { at::empty({int64_t{1} << 40}, gpu); });
}

void streams() {
  auto &stream = emulated::pooled_stream(0);
  auto x = at::zeros({8}, gpu);
  finish();
  for (const bool waits : {false, true}) {
    expect_complaint(!waits, "a stream reads what another writes", [&] {
      x.fill_(1);
      emulated::Event written{0};
      if (waits) {
        emulated::record(written, emulated::default_stream(0));
        emulated::wait(stream, written);
      }
      on(stream, [&] { x.sum(); });
      finish();
    });
    expect_complaint(!waits, "a stream writes what another reads", [&] {
      x.sum();
      if (waits) finish();
      on(stream, [&] { x.fill_(2); });
      finish();
    });
    expect_complaint(!waits, "memory goes back to one stream while another uses it", [&] {
      auto y = at::zeros({8}, gpu);
      finish();
      on(stream, [&] { y.add_(1); });
      if (waits) finish();
      y.reset();
      finish();
    });
  }
  emulated::Event other{1};
  expect_refusal("an event of another GPU", [&] { emulated::record(other, stream); });
}

void copies() {
  const auto pinned = at::ones({4}, at::TensorOptions().pinned_memory(true));
  auto there = at::zeros({4}, gpu);
  for (const bool waits : {false, true}) {
    expect_complaint(!waits, "pinned memory changes under a copy", [&] {
      there.copy_(pinned, /*non_blocking=*/true);
      if (waits) finish();
      pinned.add_(1);
      finish();
    });
  }
  const auto back = at::zeros({4}, at::TensorOptions().pinned_memory(true));
  there.fill_(5);
  back.copy_(there, /*non_blocking=*/true);
  expect(std::isnan(back[0].item<float>()), "what is not waited for has not arrived");
  finish();
  expect(back[0].item<float>() == 5, "what is waited for has");
}

void graphs() {
  auto &stream = emulated::pooled_stream(0);
  auto x = at::ones({4}, gpu);
  auto y = at::zeros({4}, gpu);
  finish();
  emulated::Graph graph;
  at::Tensor between;
  on(stream, [&] {
    graph.begin(stream, nullptr);
    {
      // Has no fixed place in the graph's memory once it is gone.
      const auto passing = x * 3;
      between = passing + 1;
      y.copy_(between);
      expect_refusal("a look at a value", [&] { y.sum().item(); });
      expect_refusal("a copy to the program", [&] { y.cpu(); });
      expect_refusal("a copy from the program", [&] { y.copy_(at::ones({4})); });
      expect_refusal("an operator whose result's size depends on values", [&] { x.nonzero(); });
      expect_refusal("a wait", [] { finish(); });
    }
    graph.end();
  });
  finish();
  expect(y.sum().item<float>() == 0, "what is captured does not run");
  for (const float value : {1.F, 2.F}) {
    x.fill_(value);
    finish();
    on(stream, [&] { graph.replay(stream); });
    finish();
    expect(y[0].item<float>() == 3 * value + 1, "a replay reads what is there now");
  }
  emulated::Graph second;
  between.reset();
  on(stream, [&] {
    second.begin(stream, &graph);
    const auto other = x * 7;
    second.end();
    graph.replay(stream);
    expect(std::isnan(other[0].item<float>()) , "a graph leaves no value to another that it never made");
    second.replay(stream);
    expect(other[0].item<float>() == 14, "what a tensor has stays");
  });
  expect_refusal("a graph on the default stream", [] {
    emulated::Graph graph;
    graph.begin(emulated::default_stream(0), nullptr);
  });
  finish();
  x.reset();
  expect_refusal("a replay that reads memory which is free", [&] {
    on(stream, [&] { graph.replay(stream); });
  });
}

}  // namespace

int main() {
  setenv("EMULATED_GPU_MEMORY", "1073741824", 1);
  at::globalContext().lazyInitDevice(at::kCUDA);
  operators();
  expect(emulated::forget_complaints() == 0, "one stream is no race");
  streams();
  copies();
  graphs();
  printf("emulated GPU: %s\n", failures == 0 ? "notices what it should" : "failures above");
  return failures == 0 ? 0 : 1;
}
