// What all convolution algorithms share: panels of output channels, their destinations, packed weights.
#pragma once

#include <atomic>
#include <utility>
#include <vector>

#include "KernelTable.h"
#include "Maps.h"
#include "Memory.h"
#include "Threads.h"

namespace ck {

class Convolution {
 public:
  Convolution(const ck_convolution_shape &shape, const float *bias, const KernelTable &kernels);
  virtual ~Convolution() = default;

  // As `ck_convolution_pack` gets them.
  using Weights = const float *const *;
  bool pack(Weights given, void *memory, Threads &threads);
  bool run(const ck_convolution_run_arguments &arguments, Threads &threads);
  size_t scratch(int images, int threads, bool packs) const;

  ck_convolution_shape shape;
  // Of packed weights, and of what may be prefetched beyond them.
  size_t weightBytes = 0;
  // Of one image; padding included.
  double multiplications = 0;

 protected:
  virtual void runPacked(const ck_convolution_run_arguments &arguments, Threads &threads) = 0;
  virtual size_t runScratch(int images, int threads) const = 0;

  // Packs all weights into `memory` first, unless an algorithm knows better.
  virtual void runPacking(const ck_convolution_run_arguments &arguments, Threads &threads, uint8_t *memory);
  virtual size_t packScratch(int) const { return weightBytes; }

  // Output channels that a micro-kernel computes at once: one or two groups, and where their weights begin.
  struct Panel {
    int firstGroup, groups;
    // In bytes.
    size_t weights = 0;
    // The first block of input channels that its outputs see.
    int firstBlock = 0;
    int lanes() const { return groups * groupChannels; }
  };

  // Sixteen output channels, or what is left of them at the end of a matrix.
  struct Group {
    // The first one's number among the weights, and how many exist; the rest are padding, of zeros.
    int firstOutput, outputs;
    // Of a matrix.
    int segment = 0, firstColumn = 0;
  };

  // Packs a panel into `to`; `rows` has room for `rowCount()` floats.
  virtual void packPanel(Weights given, const Panel &panel, float *rows, uint8_t *to) = 0;
  // Of the weights of the largest panel.
  size_t rowCount() const { return weightCount() * panels[0].lanes(); }

  // Of one output.
  size_t weightCount() const { return size_t(inputsPerGroup()) * shape.kernel * shape.kernel; }
  // Input channels that one output sees.
  int inputsPerGroup() const { return shape.input.channels / shape.groups; }
  // Of a group's first output.
  const float *firstWeight(Weights weights, const Group &group) const;
  // Writes a panel's weights, (inputs * kernel * kernel, lanes).
  void byLane(Weights weights, const Panel &panel, float *rows);
  Destination destination(const ck_convolution_run_arguments &arguments, int image, int group) const;
  Destination pooledDestination(const ck_convolution_run_arguments &arguments, int image, int group) const;
  Epilogue epilogue(int group) const {
    return {&factors[size_t(group) * groupChannels], &biases[size_t(group) * groupChannels], shape.activation};
  }
  // Whether every step of depth is some channel's; else packed weights need zeros.
  bool isWhole() const { return shape.groups == 1 && blocks * depth * kPack == channelsOfStep; }

  const KernelTable &kernels;
  MapLayout input, output, pooled;
  std::vector<Group> groups;
  std::vector<Panel> panels;
  // For each lane of each group; factors are 1 unless integers are multiplied.
  std::vector<float> factors, biases;
  const Operand operand;
  // The k-pack: how many channels share the four bytes of a step of depth. Then blocks of operands, and steps of depth
  // in each.
  int kPack, blocks, depth;
  // Pixels of an image that one step walks through: a row of taps, unless dilation keeps them apart; 1 for maps.
  int pixelsOfStep;
  // Channels of all blocks together, or of an image's step.
  int channelsOfStep;
  // Packed.
  uint8_t *weights = nullptr;

 private:
  void packPanels(Weights given, Threads &threads);

  // Where nobody else has memory for them.
  Memory ownWeights;
  std::atomic<bool> areFinite = true;
};

}  // namespace ck
