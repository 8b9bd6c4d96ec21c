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
    /// What these multiply; nil where there are none.
    public let operand: MachinePeak.Operand?
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
        2 * Double(shape.reduce(1, *)) * Double(convolution.inputChannels / convolution.groups)
        * Double(convolution.kernelSize * convolution.kernelSize)
      let element = input?.element ?? plan.imageElement
      let algorithm: String
      let operand: MachinePeak.Operand
      switch convolution.algorithm {
      case .direct:
        algorithm =
          convolution.groups > 1
          ? "grouped" : convolution.kernelSize == 1 ? "matrix product" : "direct"
        operand = MachinePeak.Operand(element)
      case .winograd(let tile):
        algorithm = "Winograd \(tile)x\(tile)"
        operand = element == .uint8 ? .int16 : MachinePeak.Operand(element)
      }
      self.operand = operand
      kernel = "\(algorithm), \(operand)\(convolution.pooled == nil ? "" : ", pool")"
    case .maximumPooling, .addition, .channelScaling, .globalAverage, .l2Normalization:
      outputShape = [imageCount, input?.channels ?? 0, layer.outputSize, layer.outputSize]
      operations = 0
      operand = nil
      kernel =
        switch layer.operation {
        case .maximumPooling(let pooling): "maximum \(pooling.kernelSize)x\(pooling.kernelSize)"
        case .addition: "addition"
        case .channelScaling: "channel scaling"
        case .globalAverage: "global average"
        case .l2Normalization, .convolution: "L2 norm"
        }
    }
  }
}

extension MachinePeak.Operand {
  /// The elements themselves.
  fileprivate init(_ element: LayerPlan.Element) {
    self =
      switch element {
      case .float32: .float32
      case .bfloat16: .bfloat16
      case .uint8: .int8
      }
  }
}
