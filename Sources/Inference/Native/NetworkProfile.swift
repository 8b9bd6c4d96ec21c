/// Where a network's time goes, layer by layer.
public struct NetworkProfile: Sendable, Codable {
  /// One layer of a run.
  public struct Layer: Sendable, Codable {
    /// Such as `conv4_3` or `predict conv7`.
    public let name: String
    /// How it is computed, such as `Winograd 4x4, bfloat16, pool`.
    public let kernel: String
    /// (images, channels, height, width); of predictions, (images, priors at a position x columns,
    /// height, width).
    public let outputShape: [Int]
    /// Multiplications and additions by the layer's definition, over all images.
    public let operations: Double
    /// Those that the algorithm really does in its matrix products, padding included. Winograd's
    /// are fewer than by definition.
    public let executedOperations: Double
    /// What it took.
    public let seconds: Double
  }

  /// The layers in the order in which they run.
  public let layers: [Layer]

  /// The sum over all layers.
  public var seconds: Double { layers.reduce(0) { $0 + $1.seconds } }
}

extension NetworkProfile.Layer {
  init(
    _ layer: LayerPlan.Layer, _ plan: LayerPlan, imageCount: Int, multiplications: Double,
    seconds: Double
  ) {
    name = layer.name
    self.seconds = seconds
    executedOperations = 2 * multiplications
    let input = layer.input.map { plan.maps[$0] }
    switch layer.operation {
    case .convolution(let convolution):
      let size = layer.outputSize
      let shape = [imageCount, convolution.outputChannels, size, size]
      outputShape = shape
      operations =
        2 * Double(shape.reduce(1, *)) * Double(convolution.inputChannels)
        * Double(convolution.kernelSize * convolution.kernelSize)
      let element = input?.element ?? plan.imageElement
      let algorithm =
        switch convolution.algorithm {
        case .direct: "\(convolution.kernelSize == 1 ? "matrix product" : "direct"), \(element)"
        case .winograd(let tile):
          // Tiles of bytes are transformed into words.
          "Winograd \(tile)x\(tile), \(element == .uint8 ? "int16" : "\(element)")"
        }
      kernel = algorithm + (convolution.pooled == nil ? "" : ", pool")
    case .maximumPool, .lengthNormalization:
      outputShape = [imageCount, input?.channels ?? 0, layer.outputSize, layer.outputSize]
      operations = 0
      if case .maximumPool(let kernelSize, _, _) = layer.operation {
        kernel = "maximum \(kernelSize)x\(kernelSize)"
      } else {
        kernel = "length"
      }
    }
  }
}
