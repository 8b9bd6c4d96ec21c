// Shapes that no convolution can be made of.
#include "Reference.h"

namespace stress {

namespace {

// 3x3 of stride 1 on 64 channels, with borders that suit any algorithm.
ck_convolution_shape sound() {
  ck_convolution_shape shape{};
  shape.input = {CK_FLOAT32, 64, 20, 20, 1, 8, 1, false};
  shape.output = {CK_FLOAT32, 64, 20, 20, 1, 1, 1, false};
  shape.kernel = 3;
  shape.stride = shape.dilation = shape.padding = 1;
  shape.algorithm = CK_WINOGRAD_4;
  return shape;
}

}  // namespace

void compareStatuses(Tally &tally) {
  const auto expect = [&](const char *what, ck_status expected, void (*change)(ck_convolution_shape &)) {
    ck_convolution_shape shape = sound();
    change(shape);
    const std::vector<float> bias(size_t(std::max(1, shape.output.channels)), 0.f);
    ck_convolution *convolution = nullptr;
    const ck_status status = ck_convolution_create(&shape, bias.data(), CK_PORTABLE, &convolution);
    if (tally.fails(status == expected && (convolution != nullptr) == (status == CK_SUCCESS)))
      std::printf("%s: status %d, not %d\n", what, status, expected);
    ck_convolution_destroy(convolution);
  };
  using Shape = ck_convolution_shape;
  expect("sound", CK_SUCCESS, [](Shape &) {});
  expect("Winograd of 5x5", CK_INVALID_SHAPE, [](Shape &s) { s.kernel = 5; });
  expect("Winograd of stride 2", CK_INVALID_SHAPE, [](Shape &s) { s.stride = 2; });
  expect("Winograd in groups", CK_INVALID_SHAPE, [](Shape &s) { s.groups = 2; });
  expect("Winograd beyond the border", CK_INVALID_SHAPE, [](Shape &s) {
    s.output.height = s.input.height = 19, s.input.after = 1;
  });
  expect("F(6x6) of uint8", CK_INVALID_SHAPE, [](Shape &s) {
    s.input.element = CK_UINT8;
    s.algorithm = CK_WINOGRAD_6;
  });
  expect("an unknown algorithm", CK_INVALID_SHAPE, [](Shape &s) { s.algorithm = ck_algorithm(3); });
  expect("an unknown activation", CK_INVALID_SHAPE, [](Shape &s) { s.activation = ck_activation(7); });
  expect("padding beyond the border", CK_INVALID_SHAPE, [](Shape &s) { s.padding = 2; });
  expect("a window beyond the border", CK_INVALID_SHAPE, [](Shape &s) {
    s.algorithm = CK_DIRECT;
    s.input.after = 0;
  });
  expect("a pool after a direct convolution", CK_INVALID_SHAPE, [](Shape &s) {
    s.algorithm = CK_DIRECT;
    s.has_pool = true;
    s.pooled = {CK_FLOAT32, 64, 10, 10, 1, 1, 1, false};
  });
  expect("a pool of the wrong size", CK_INVALID_SHAPE, [](Shape &s) {
    s.has_pool = true;
    s.pooled = {CK_FLOAT32, 64, 11, 10, 1, 1, 1, false};
  });
  expect("groups that do not divide", CK_INVALID_SHAPE, [](Shape &s) {
    s.algorithm = CK_DIRECT;
    s.groups = 3;
  });
  expect("segments that do not add up", CK_INVALID_SHAPE, [](Shape &s) {
    s.segment_count = 2;
    s.segments[0] = 16;
    s.segments[1] = 16;
  });
  expect("an image of four channels", CK_INVALID_SHAPE, [](Shape &s) {
    s.algorithm = CK_DIRECT;
    s.input_is_image = true;
    s.input.channels = 4;
  });
  expect("no channels", CK_INVALID_SHAPE, [](Shape &s) { s.input.channels = 0; });
  expect("a scale of zero", CK_INVALID_SHAPE, [](Shape &s) {
    s.input.element = CK_UINT8;
    s.input.scale = 0;
  });
  expect("a map of 2 GB", CK_TOO_LARGE, [](Shape &s) {
    s.algorithm = CK_DIRECT;
    s.input.height = s.input.width = s.output.height = s.output.width = 8192;
  });
  expect("positions beyond 16 bits", CK_TOO_LARGE, [](Shape &s) {
    s.algorithm = CK_DIRECT;
    s.input.width = s.output.width = 40000;
  });
  const ck_status statuses[] = {CK_SUCCESS, CK_OUT_OF_MEMORY, CK_INVALID_SHAPE, CK_TOO_LARGE};
  for (const ck_status status : statuses)
    if (tally.fails(ck_status_message(status)[0] != 0)) std::printf("status %d has no message\n", status);
}

}  // namespace stress
