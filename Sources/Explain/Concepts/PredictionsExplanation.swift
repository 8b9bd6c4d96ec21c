import Images
import MultiBox

/// Where in the picture each feature map sees a class.
public struct PredictionsExplanation: Explanation {
  private let scene: ExplainedScene
  private let configuration: SSDConfiguration
  private let priors: PriorBoxes
  private let predictions: RawPredictions
  private let classIndex: Int
  /// For every map, position by position, the highest score of the class among its priors.
  public let heat: [[Float]]
  /// For every map, the prior of its highest score.
  private let best: [(prior: Int, score: Float)]

  /// - Parameters:
  ///   - label: of the class; nil for the one of the best score.
  /// - Throws: ``ExplanationError`` for a class the model does not know.
  public init(
    _ scene: ExplainedScene, predictions: RawPredictions, of configuration: SSDConfiguration,
    label: String? = nil
  ) throws {
    let scores = ClassScores(predictions, columns: configuration.scoreCount)
    let classIndex = try configuration.classIndex(of: label) ?? scores.best.classIndex
    self.scene = scene
    self.configuration = configuration
    self.predictions = predictions
    self.classIndex = classIndex
    priors = PriorBoxes(configuration)
    var first = 0
    var (heat, best) = ([[Float]](), [(prior: Int, score: Float)]())
    for map in configuration.featureMaps {
      let indices = first..<first + map.priorCount
      heat.append(
        stride(from: first, to: indices.upperBound, by: map.priorsPerPosition).map { position in
          (position..<position + map.priorsPerPosition).map { scores[$0, classIndex] }.max() ?? 0
        })
      let prior = indices.max { scores[$0, classIndex] < scores[$1, classIndex] } ?? first
      best.append((prior, scores[prior, classIndex]))
      first = indices.upperBound
    }
    (self.heat, self.best) = (heat, best)
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let maps = configuration.featureMaps
    let columns = maps.count > 6 ? 4 : 3
    let rows = (maps.count + columns - 1) / columns
    let gap = 16.0
    let width = (Figure.width - 2 * Figure.margin - gap * Double(columns - 1)) / Double(columns)
    let height = PicturePanel.height(of: scene.image, width: width)
    let figure = try Figure(
      "What each map sees of “\(configuration.classes.label(at: classIndex))”",
      """
      Every position of every map scores each class for each of its priors; shown is the highest score \
      of a position. Large maps find small objects, small maps large ones. Framed: the box predicted \
      at the best position, where its score exceeds 0.1.
      """,
      contentHeight: Double(rows) * (height + 40) + 30, pixelWidth: pixelWidth)
    for (index, map) in maps.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      let frame = Rectangle(
        x: figure.content.x + Double(column) * (width + gap),
        y: figure.content.y + Double(row) * (height + 40), width: width, height: height)
      let panel = PicturePanel(scene.image, on: figure, frame: frame, veil: 0.25)
      figure.canvas.clipped(to: frame, cornerRadius: 4) { draw(map, index: index, on: panel) }
      figure.write(
        "*{\(map.name)}  \(map.size) × \(map.size)", at: (frame.x, frame.bottom + 6), .small)
      figure.write(
        "highest \(decimal(best[index].score))", at: (frame.right, frame.bottom + 6), .small,
        color: Palette.muted, anchor: TextAnchor(x: 1, y: 0))
    }
    scale(on: figure, y: figure.content.bottom - 22)
    return figure
  }

  private func draw(_ map: FeatureMap, index: Int, on panel: PicturePanel) {
    let side = 1 / Double(map.size)
    for (position, score) in heat[index].enumerated() {
      let (row, column) = position.quotientAndRemainder(dividingBy: map.size)
      let (width, height) = (side * panel.frame.width, side * panel.frame.height)
      // A little paper between the cells tells the positions apart.
      let gap = min(0.6, 0.04 * width)
      panel.figure.canvas.fill(
        Rectangle(
          x: panel.frame.x + Double(column) * width + gap / 2,
          y: panel.frame.y + Double(row) * height + gap / 2, width: width - gap,
          height: height - gap),
        color: Self.color(score))
    }
    let (prior, score) = best[index]
    guard score > 0.1 else { return }
    let box = predictions.offsets(at: prior).box(
      from: priors.centerSize[prior], variances: priors.variances)
    panel.outline(BoundingBox(box), color: Palette.ink, lineWidth: 1.6)
  }

  /// The higher a score, the brighter and the less transparent its colour.
  private static func color(_ score: Float) -> Color {
    Palette.heat(Double(score)).opacity(0.14 + 0.66 * Double(score))
  }

  /// The same colour without transparency, where it lies on paper.
  private static func onPaper(_ score: Float) -> Color {
    let color = color(score)
    return Palette.paper.mixed(with: color.opacity(1), share: color.alpha)
  }

  private func scale(on figure: Figure, y: Double) {
    let width = 180.0
    let x = figure.content.x + 34
    figure.write(
      "score", at: (figure.content.x, y + 6), .small, color: Palette.muted, anchor: .left)
    let steps = 60
    for step in 0..<steps {
      figure.canvas.fill(
        Rectangle(
          x: x + width * Double(step) / Double(steps), y: y, width: width / Double(steps) + 0.3,
          height: 12), color: Self.onPaper((Float(step) + 0.5) / Float(steps)))
    }
    for value in [0, 0.5, 1.0] {
      figure.write(
        trimmed(value, 1), at: (x + width * value, y + 15), .tiny, color: Palette.muted,
        anchor: .top)
    }
  }
}
