// A convolution as a matrix product that is never written down: the micro-kernel walks through the taps and blocks of
// channels of a run of neighbouring pixels. Any kernel, stride and dilation; 1x1 is a matrix product as it is.
//
// With groups a panel walks through the blocks of channels that its outputs see; what else lies in these has weights of
// zero.
#pragma once

#include "Convolution.h"
#include "Image.h"

namespace ck {

class DirectConvolution final : public Convolution {
 public:
  DirectConvolution(const ck_convolution_shape &shape, const float *bias, const KernelTable &kernels);

 protected:
  void runPacked(const ck_convolution_run_arguments &arguments, Threads &threads) override;
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
    const ck_convolution_run_arguments &arguments, int number, const Panel &panel, int firstRow, int lastRow) const;

  void placeGroups();
  void weightsOfChannel(const Panel &panel, const float *rows, int channel, int tap, float *values) const;

  // An image's channels lie side by side, so that a row of taps is one step.
  int taps() const { return shape.kernel * shape.kernel / pixelsOfStep; }
  size_t panelBytes(const Panel &panel) const { return size_t(taps()) * blocks * depth * panel.lanes() * 4; }

  const ImageLayout image;
  std::vector<Row> rows;
  // Of panels of one and of two groups.
  std::vector<std::vector<Step>> lists[2];
};

}  // namespace ck
