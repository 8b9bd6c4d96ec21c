import Images
import MultiBox

/// What SSD changes in VGG-16, and what becomes of the maps' sizes.
public struct VGGExplanation: Explanation {
  /// A step of both networks.
  public struct Step: Sendable {
    /// What VGG-16 does, and the size of its map at SSD's input; nil when there is no map any more.
    public var original: (name: String, size: Int?)
    /// The same in SSD.
    public var changed: (name: String, size: Int?)
    /// Why it was changed; nil where it was not.
    public var reason: String?
  }

  /// The steps from the image to the last map.
  public let steps: [Step]
  private let imageSize: Int

  /// Follows both networks through the layers of a configuration.
  ///
  /// - Precondition: its base is a VGG-16.
  public init(_ configuration: SSDConfiguration) {
    precondition(configuration.base.vgg16 != nil, "the base is \(configuration.base.summary)")
    imageSize = configuration.imageSize
    let layers = configuration.graph.layers
    func layer(_ name: String) -> ResolvedLayer? { layers.first { $0.name == name } }
    var steps: [Step] = []
    var size = configuration.imageSize
    for block in 1...5 {
      let depth = VGG16.blockDepths[block - 1]
      let name = "\(depth) × conv\(block), 3 × 3"
      steps.append(
        Step(
          original: (name, size), changed: (name, layer("conv\(block)_1")?.outputSize), reason: nil)
      )
      guard let pool = layer("pool\(block)") else { continue }
      // VGG-16's own pooling: 2 x 2, stride 2, rounding down.
      size /= 2
      let reason: String? =
        switch block {
        case 3 where pool.outputSize != size:
          "\(pool.inputSize) becomes \(pool.outputSize), not \(size)"
        case 3: "rounds up (here without effect)"
        case 5: "no longer halves the map"
        default: nil
        }
      let shape = "pool\(block), \(pool.kernelSize) × \(pool.kernelSize), stride \(pool.stride)"
      steps.append(
        Step(
          original: ("pool\(block), 2 × 2, stride 2", size),
          changed: (shape + (pool.roundsUp ? ", rounded up" : ""), pool.outputSize),
          reason: reason))
    }
    let last = layer("conv6")
    steps.append(
      Step(
        original: ("fc6: 4096 neurons", nil),
        changed: (
          "conv6, 3 × 3, dilation \(last?.dilation ?? 1), \(last?.outputChannels ?? 0) channels",
          last?.outputSize
        ), reason: "decimated to a convolution"))
    steps.append(
      Step(
        original: ("fc7: 4096 neurons", nil),
        changed: (
          "conv7, 1 × 1, \(layer("conv7")?.outputChannels ?? 0) channels",
          layer("conv7")?.outputSize
        ), reason: "decimated to a convolution"))
    steps.append(
      Step(
        original: ("fc8: 1000 neurons", nil), changed: ("–", nil),
        reason: "dropped, with ImageNet's classes"))
    self.steps = steps
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let rowHeight = 31.0
    let figure = try Figure(
      "VGG-16, and what SSD makes of it",
      """
      VGG-16 names one thing in a picture of 224 × 224. SSD keeps its convolutions, trained on \
      ImageNet, as they are, and changes five other things, so that maps are left to find boxes on. \
      Bars and numbers: width of the map for an input of \(imageSize) × \(imageSize).
      """,
      contentHeight: 26 + rowHeight * Double(steps.count), pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    let second = x + 204
    figure.write("VGG-16", at: (x, y), .heading)
    figure.write("in SSD", at: (second, y), .heading)
    for (index, step) in steps.enumerated() {
      let top = y + 26 + rowHeight * Double(index)
      if step.reason != nil {
        figure.canvas.fill(
          Rectangle(x: x - 8, y: top, width: figure.content.width + 16, height: rowHeight - 2),
          color: Palette.truth.opacity(0.16), cornerRadius: 5)
      }
      draw(step.original, at: (x, top), on: figure, isChanged: false)
      draw(step.changed, at: (second, top), on: figure, isChanged: step.reason != nil)
      if let reason = step.reason {
        figure.paragraph(
          reason, at: (second + 236, top + 7), width: figure.content.right - second - 236, .small)
      }
    }
    return figure
  }

  private func draw(
    _ part: (name: String, size: Int?), at point: (x: Double, y: Double), on figure: Figure,
    isChanged: Bool
  ) {
    figure.write(
      part.name, at: (point.x, point.y + 4), .small,
      color: part.size == nil && !isChanged ? Palette.muted : Palette.ink, maximumWidth: 228)
    guard let size = part.size else { return }
    let width = 150 * Double(size) / Double(imageSize)
    figure.canvas.fill(
      Rectangle(x: point.x, y: point.y + 20, width: width, height: 5),
      color: isChanged ? Palette.prediction : Palette.bar, cornerRadius: 1.5)
    figure.write(
      String(size), at: (point.x + width + 5, point.y + 22.5), .tiny, color: Palette.muted,
      anchor: .left)
  }
}
