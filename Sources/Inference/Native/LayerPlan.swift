import MultiBox

/// A network as the kernels run it: layers in order, and the maps between them.
///
/// Batch normalization, bias, activation and most pooling are parts of a convolution here; each map's
/// two prediction convolutions are one.
struct LayerPlan {
  /// The type of a map's numbers.
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
    /// Whether no value is negative, so that unsigned bytes can hold it.
    var isNonNegative = true
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
    /// The layers whose parameters it has; the outputs of several are stacked.
    var sources: [ResolvedLayer]
    var inputChannels: Int
    var outputChannels: Int
    var kernelSize: Int
    var stride = 1
    var dilation = 1
    var groups = 1
    var padding: Padding
    var activation: Activation
    var algorithm = Algorithm.direct
    /// The map of a 2x2 maximum that follows at once.
    var pooled: Int?
    /// Whether the map itself is wanted beside the pooled one.
    var keepsOutput = true
    /// What it predicts, in the order of its outputs; nothing where it writes a map.
    var rows: [PredictedRows] = []

    /// The names of the parameters, without `.weight`.
    var parameters: [String] { sources.map(\.parameterName) }
  }

  /// Rows of a network's predictions: those of one feature map's priors.
  struct PredictedRows {
    enum Kind { case offsets, logits }

    /// The feature map's index in the configuration.
    var featureMap: Int
    var kind: Kind
  }

  enum Operation {
    case convolution(Convolution)
    case maximumPooling(MaximumPooling)
    /// The sum of two maps.
    case addition(Activation)
    /// A map times a factor for each channel, which the second map holds.
    case channelScaling(Activation)
    /// The mean of each channel.
    case globalAverage
    /// Every pixel's channels divided by their L2 norm, times factors, a parameter of that name.
    case l2Normalization(factors: String, epsilon: Double)
  }

  struct Layer {
    var name: String
    var operation: Operation
    /// The maps it reads; nil is the image.
    var inputs: [Int?]
    /// The map it writes; nil for predictions.
    var output: Int?
    /// Width and height of what it computes, before a pool.
    var outputSize: Int

    /// The map it reads, or the first of them; nil is the image.
    var input: Int? { inputs[0] }

    /// The maps that it leaves in memory.
    var writtenMaps: [Int] {
      guard case .convolution(let convolution) = operation else {
        return [output].compactMap { $0 }
      }
      return [convolution.keepsOutput ? output : nil, convolution.pooled].compactMap { $0 }
    }
  }

  /// The rows and columns of the image.
  var imageSize: Int
  /// The type of the normalized image's numbers.
  var imageElement = Element.float32
  /// Zero pixels that the layers that read the image want before its first row and column.
  var imageBefore = 0
  /// Zero pixels that they want after its last.
  var imageAfter = 0
  var maps: [Map] = []
  var layers: [Layer] = []
}

extension LayerPlan.Convolution {
  /// Width and height of the output.
  func outputSize(of size: Int) -> Int {
    (size + padding.before + padding.after - dilation * (kernelSize - 1) - 1) / stride + 1
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
    return max(0, end - padding.before - size)
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
            (0..<size).contains($0 * stride + tap * dilation - padding.before)
          })
      }
      return taps * taps
    case .winograd(let tile):
      let elements = tiles(tile, outputSize: outputSize).elements
      return elements * elements
    }
  }
}
