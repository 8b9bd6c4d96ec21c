// A convolution in which each channel sees itself alone. Any kernel, stride and dilation.
#pragma once

#include "Convolution.h"

namespace ck {

class DepthwiseConvolution final : public Convolution {
 public:
  DepthwiseConvolution(const ck_convolution_shape &shape, const float *bias, const KernelTable &kernels);

  static bool suits(const ck_convolution_shape &shape) {
    return shape.groups > 1 && shape.groups == shape.input.channels && shape.groups == shape.output.channels
      && shape.segment_count == 0;
  }

 protected:
  void runPacked(const ck_convolution_run_arguments &arguments, Threads &threads) override;
  size_t runScratch(int, int) const override { return 0; }
  void packPanel(Weights given, const Panel &panel, float *rows, uint8_t *to) override;

 private:
  void runRows(
    const ck_convolution_run_arguments &arguments, int image, int firstGroup, int endGroup, int firstRow,
    int endRow) const;
};

}  // namespace ck
