// A convolution as a matrix product that is never written down: the micro-kernel walks through the taps and blocks of
// channels of a run of neighbouring pixels. Any kernel, stride and dilation; 1x1 is a matrix product as it is.
#pragma once

#include "Convolution.h"

struct DirectConvolution final : ck_convolution {
  DirectConvolution(const ck_convolution_shape &shape, const float *bias, ck_instruction_set set);

 protected:
  void runPacked(const ck_convolution_run_arguments &arguments, ck_threads &threads) override;
  size_t runScratch(int, int) const override { return 0; }
  void packPanel(Weights given, const Panel &panel, float *rows, uint8_t *to) override;

 private:
  // Neighbouring output pixels that a micro-kernel computes together, and the list of their taps.
  struct Chunk {
    int16_t x, pixels;
    int32_t list;
  };
  struct Row {
    std::vector<Chunk> chunks;
  };

  void storeLanes(const float *values, const float *scales, int lanes, uint8_t *to) const;
  void quantize(Weights weights, const Panel &panel, float *scales);
  void cut();
  int stepList(const std::vector<Step> &steps);
  std::vector<Step> steps(int y, int firstColumn, int columns) const;
  void runRows(
    const ck_convolution_run_arguments &arguments, int image, const Panel &panel, int firstRow, int lastRow) const;

  // The image's channels lie side by side, so that a row of taps is one step.
  int taps() const { return isImage() ? shape.kernel : shape.kernel * shape.kernel; }
  size_t panelBytes(const Panel &panel) const { return size_t(taps()) * blocks * depth * panel.lanes() * 4; }
  size_t imageRow() const { return size_t(shape.input.width + 2) * 3 * elementBytes(shape.input.element); }

  std::vector<Row> rows;
  // Of panels of one and of two groups.
  std::vector<std::vector<Step>> lists[2];
};
