import MultiBox

/// A network as the kernels run it: layers in order, and the maps between them.
///
/// Batch normalisation, bias, ReLU and most pooling are parts of a convolution here; each map's two
/// prediction convolutions are one.
struct LayerPlan {
  /// What a map's numbers are.
  enum Element { case float32, bfloat16, uint8 }

  /// A square map of features.
  struct Map {
    /// The layer it comes from.
    var name: String
    var channels: Int
    /// Width and height.
    var size: Int
    var element: Element
    /// Of bytes: what one step is worth.
    var scale: Float = 1
    /// Zero pixels that the layers that read it want before the first row and column.
    var before = 0
    /// Zero pixels that they want after the last.
    var after = 0
  }

  /// How a convolution is computed.
  enum Algorithm: Hashable {
    /// As a matrix product over the taps.
    case direct
    /// Winograd's, with output tiles of this size: 2, 4 or 6.
    case winograd(Int)
  }

  struct Convolution {
    /// The parameters' names begin with these; the outputs of several are stacked.
    var parameters: [String]
    var inputChannels: Int
    var outputChannels: Int
    var kernelSize: Int
    var stride = 1
    var dilation = 1
    var padding: Int
    var algorithm = Algorithm.direct
    /// The map of a 2x2 maximum that follows at once.
    var pooled: Int?
    /// Whether the map itself is wanted beside the pooled one.
    var keepsOutput = true
    /// For a prediction: its place among the configuration's maps.
    var prediction: Int?
  }

  enum Operation {
    case convolution(Convolution)
    case maximumPool(kernelSize: Int, stride: Int, padding: Int)
    /// Every pixel divided by its length, times the rescale factors.
    case lengthNormalization
  }

  struct Layer {
    var name: String
    var operation: Operation
    /// The map it reads; nil is the image.
    var input: Int?
    /// The map it writes; nil for predictions.
    var output: Int?
    /// Width and height of what it computes, before a pool.
    var outputSize: Int

    /// The maps that it leaves in memory.
    var writtenMaps: [Int] {
      guard case .convolution(let convolution) = operation else {
        return [output].compactMap { $0 }
      }
      return [convolution.keepsOutput ? output : nil, convolution.pooled].compactMap { $0 }
    }
  }

  /// Of the normalised image.
  var imageElement = Element.float32
  var maps: [Map] = []
  var layers: [Layer] = []
}

extension LayerPlan.Convolution {
  /// Width and height of the output.
  func outputSize(of size: Int) -> Int {
    (size + 2 * padding - dilation * (kernelSize - 1) - 1) / stride + 1
  }

  /// How a height or width of outputs falls into Winograd's tiles, in all of dilation's phases: the
  /// tiles' elements in a row, and the end of what the last of them reads, counted from where the
  /// first one begins. A phase's last tile is cut to the outputs that are left, rounded up to an even
  /// number.
  private func tiles(_ tile: Int, outputSize: Int) -> (elements: Int, end: Int) {
    let phases = (0..<min(dilation, outputSize)).map { phase in
      (phase: phase, length: (outputSize - 1 - phase) / dilation + 1)
    }
    let rest = phases.map { $0.length % tile }.max() ?? 0
    let last = rest == 0 ? tile : (rest + 1) / 2 * 2
    var result = (elements: 0, end: 0)
    for (phase, length) in phases {
      let whole = length / tile
      let isCut = length % tile > 0
      result.elements += whole * (tile + 2) + (isCut ? last + 2 : 0)
      let outputs = whole * tile + (isCut ? last : 0)
      result.end = max(result.end, phase + (outputs + 1) * dilation + 1)
    }
    return result
  }

  /// Zero pixels that it reads beyond the end of a map of that size.
  func border(after size: Int) -> Int {
    let outputSize = outputSize(of: size)
    let end =
      switch algorithm {
      case .direct: (outputSize - 1) * stride + (kernelSize - 1) * dilation + 1
      case .winograd(let tile): tiles(tile, outputSize: outputSize).end
      }
    return max(0, end - padding - size)
  }

  /// Multiply-adds for each pair of an input and an output channel, on a map of that size.
  func multiplications(_ algorithm: LayerPlan.Algorithm, size: Int) -> Int {
    let outputSize = outputSize(of: size)
    switch algorithm {
    case .direct:
      // Taps beyond an edge are left out.
      let taps = (0..<kernelSize).reduce(0) { sum, tap in
        sum
          + (0..<outputSize).count(where: {
            (0..<size).contains($0 * stride + tap * dilation - padding)
          })
      }
      return taps * taps
    case .winograd(let tile):
      let elements = tiles(tile, outputSize: outputSize).elements
      return elements * elements
    }
  }
}
