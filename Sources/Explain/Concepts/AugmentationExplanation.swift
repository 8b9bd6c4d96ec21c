import Datasets
import Images
import MultiBox

/// What training pictures become: a grid of draws, each with what was drawn.
public struct AugmentationExplanation: Explanation {
  /// One draw.
  public struct Draw: Sendable {
    /// What was drawn.
    public var parameters: AugmentationParameters
    /// The picture as the network gets it.
    public var image: Image
    /// The objects that are left, with boxes in fractions of it.
    public var objects: [GroundTruthObject]
  }

  private let scene: ExplainedScene
  /// The draws, in order.
  public let draws: [Draw]

  /// - Parameters:
  ///   - size: of the network's input in pixels.
  ///   - count: of draws.
  ///   - seed: the same seed gives the same draws.
  public init(
    _ scene: ExplainedScene, _ configuration: AugmentationConfiguration = .standard,
    size: Int = 300,
    count: Int = 11, seed: UInt64 = 0
  ) {
    self.scene = scene
    let (width, height) = (scene.image.width, scene.image.height)
    let boxes = scene.objects.map { $0.box.scaled(x: Float(width), y: Float(height)) }
    let renderer = PictureRenderer(size: size, meanPixel: PixelNormalization.imageNet.meanPixel)
    draws = (0..<count).map { index in
      var generator = SeededGenerator(seed: seed, stream: UInt64(index))
      let parameters = AugmentationParameters.drawn(
        configuration, width: width, height: height, boxes: boxes, using: &generator)
      let pixels = [UInt8](unsafeUninitializedCapacity: size * size * 3) { buffer, initialized in
        buffer.initialize(repeating: 0)
        renderer.render(scene.image, parameters, into: buffer)
        initialized = size * size * 3
      }
      let objects = zip(scene.objects, boxes).compactMap { object, box -> GroundTruthObject? in
        guard let moved = parameters.transformed(box, convention: .edges) else { return nil }
        var object = object
        object.box = moved
        return object
      }
      return Draw(
        parameters: parameters, image: Image(width: size, height: size, pixels: pixels),
        objects: objects)
    }
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let columns = 4
    let gap = 16.0
    let side = (Figure.width - 2 * Figure.margin - gap * Double(columns - 1)) / Double(columns)
    let rows = (draws.count + columns) / columns
    let ruler = try Canvas(width: 1, height: 1, scale: Double(pixelWidth) / Figure.width)
    let texts = ["as it was taken"] + draws.map { Self.text($0.parameters) }
    let textHeights = texts.map {
      ruler.height(ofParagraph: Formula($0), font: TextStyle.small.font, width: side)
    }
    // Each row is as high as its longest text needs.
    let rowHeights = (0..<rows).map { row in
      side + 6 + (textHeights.dropFirst(row * columns).prefix(columns).max() ?? 0) + 14
    }
    let figure = try Figure(
      "Augmentation: one picture, \(draws.count) draws",
      """
      Before every use a training picture is changed at random: its colours, laid on a larger canvas of \
      the mean colour, a part cut out that keeps some overlap with an object, mirrored. The boxes go \
      with it; an object whose centre is cut off is forgotten.
      """,
      contentHeight: rowHeights.reduce(0, +), pixelWidth: pixelWidth)
    var y = figure.content.y
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        guard index <= draws.count else { break }
        let x = figure.content.x + Double(column) * (side + gap)
        let (image, objects) =
          index == 0
          ? (scene.image, scene.objects) : (draws[index - 1].image, draws[index - 1].objects)
        let panel = PicturePanel(
          image, on: figure, frame: Rectangle(x: x, y: y, width: side, height: side))
        figure.canvas.clipped(to: panel.frame, cornerRadius: 4) {
          for object in objects {
            panel.outline(object.box, color: Palette.truth, lineWidth: 1.8)
          }
        }
        figure.paragraph(
          texts[index], at: (x, y + side + 6), width: side, .small,
          color: index == 0 ? Palette.ink : Palette.muted)
      }
      y += rowHeights[row]
    }
    return figure
  }

  private static func text(_ parameters: AugmentationParameters) -> String {
    parameters.description
  }
}
