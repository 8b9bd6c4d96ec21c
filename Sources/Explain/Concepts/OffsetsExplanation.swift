import Images
import MultiBox

/// How a box is written as offsets from a prior, and a prior moved by offsets becomes a box.
public struct OffsetsExplanation: Explanation {
  private let scene: ExplainedScene
  private let configuration: SSDConfiguration
  private let prior: CenterSizeBox
  private let location: PriorLocation
  /// What the offsets lead to from the prior.
  public let decoded: CenterSizeBox
  private let boxName: String
  /// The four numbers, divided by the variances.
  public let offsets: Offsets

  /// Encodes the largest object from one of its positive priors: the one that differs from it in
  /// all four numbers, since that shows most.
  ///
  /// - Throws: ``ExplanationError`` for a scene without objects.
  public init(_ scene: ExplainedScene, configuration: SSDConfiguration) throws {
    guard let object = scene.largest else { throw ExplanationError.noObjects("offsets") }
    let priors = PriorBoxes(configuration)
    let matcher = PriorMatcher(priors: priors, configuration: configuration.loss)
    let box = CenterSizeBox(object.box)
    func offsets(_ prior: Int) -> Offsets {
      Offsets(of: box, from: priors.centerSize[prior], variances: priors.variances)
    }
    func leastOffset(_ prior: Int) -> Float {
      let offsets = offsets(prior)
      return [offsets.centerX, offsets.centerY, offsets.width, offsets.height].map(abs).min() ?? 0
    }
    let positives = matcher.match([object.box]).objects.indices(where: { $0 >= 0 })
    let index = positives.max { leastOffset($0) < leastOffset($1) } ?? 0
    self.init(
      scene, configuration: configuration, prior: index, of: priors,
      offsets: offsets(index), boxName: scene.label(object))
  }

  /// Decodes the best of a model's predictions for the scene's picture.
  public init(
    _ scene: ExplainedScene, predictions: RawPredictions, of configuration: SSDConfiguration
  ) {
    let priors = PriorBoxes(configuration)
    let scores = ClassScores(predictions, columns: configuration.scoreCount)
    let best = scores.best
    self.init(
      scene, configuration: configuration, prior: best.prior, of: priors,
      offsets: predictions.offsets(at: best.prior),
      boxName: "\(configuration.classes.label(at: best.classIndex)) \(decimal(best.score))")
  }

  private init(
    _ scene: ExplainedScene, configuration: SSDConfiguration, prior index: Int,
    of priors: PriorBoxes, offsets: Offsets, boxName: String
  ) {
    self.scene = scene
    self.configuration = configuration
    self.boxName = boxName
    self.offsets = offsets
    prior = priors.centerSize[index]
    location = configuration.location(ofPrior: index)
    decoded = offsets.box(from: prior, variances: priors.variances)
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let panelWidth = 330.0
    let panelHeight = PicturePanel.height(of: scene.image, width: panelWidth)
    let upper = max(panelHeight, 250)
    let map = configuration.featureMaps[location.map]
    let figure = try Figure(
      "Offsets: from a prior to a box",
      """
      The network does not predict a box but how far it lies from a prior, measured in the prior's \
      own size: a step that is large for a small prior is small for a large one. Divided by the \
      variances, the four numbers have about the same spread.
      """,
      contentHeight: upper + 22 + 21 * 5,
      note: """
        The prior is one of \(map.name)'s, at row \(location.row + 1), column \(location.column + 1) \
        of \(map.size) × \(map.size). Coordinates are fractions of the picture.
        """, pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    let panel = PicturePanel(
      scene.image, on: figure,
      frame: Rectangle(x: x, y: y, width: panelWidth, height: panelHeight), veil: 0.2)
    figure.canvas.clipped(to: panel.frame) { draw(panel) }
    boxes(on: figure, x: x + panelWidth + 28, y: y)
    formulas(on: figure, y: y + upper + 22)
    return figure
  }

  private func draw(_ panel: PicturePanel) {
    let (before, after) = (BoundingBox(prior), BoundingBox(decoded))
    for (a, b) in zip(corners(panel.place(before)), corners(panel.place(after))) {
      panel.figure.canvas.line(
        from: a, to: b, color: Palette.ink.opacity(0.6), lineWidth: 0.8, dashes: [2, 2.5])
    }
    panel.label([
      panel.labeled(before, "prior", color: Palette.prior, dashes: [3, 2]),
      panel.labeled(after, boxName, color: Palette.prediction),
    ])
    let (from, to) = (panel.center(before), panel.center(after))
    panel.figure.arrow(from: from, to: to, color: Palette.ink, lineWidth: 1.6)
    panel.figure.dot(at: from, color: Palette.prior)
    panel.figure.dot(at: to, color: Palette.prediction)
  }

  private func corners(_ box: Rectangle) -> [(x: Double, y: Double)] {
    [(box.x, box.y), (box.right, box.y), (box.x, box.bottom), (box.right, box.bottom)]
  }

  private func boxes(on figure: Figure, x: Double, y: Double) {
    func row(_ title: String, _ box: CenterSizeBox, _ color: Color) -> [Table.Cell] {
      [Table.Cell(title, color: color, isStrong: true)]
        + [box.centerX, box.centerY, box.width, box.height].map { Table.Cell(decimal($0, 3)) }
    }
    Table(
      columns: [86, -54, -54, -54, -54], header: ["", "c_{x}", "c_{y}", "w", "h"],
      rows: [row("prior", prior, Palette.prior), row("box", decoded, Palette.prediction)]
    ).draw(on: figure, at: (x, y))
    let variances = configuration.variances
    var top = y + 21 * 3 + 22
    figure.write("Decoding", at: (x, top), .heading)
    top += 24
    for line in [
      "c_{x} = ĉ_{x} + g_{cx} · \(decimal(variances.center, 1)) · ŵ",
      "c_{y} = ĉ_{y} + g_{cy} · \(decimal(variances.center, 1)) · ĥ",
      "w = ŵ · exp(g_{w} · \(decimal(variances.size, 1)))",
      "h = ĥ · exp(g_{h} · \(decimal(variances.size, 1)))",
    ] {
      figure.write(line, at: (x + 6, top), .body)
      top += 21
    }
    figure.paragraph(
      "With a hat: the prior. The sizes go through the exponential, so that no prediction can make a box negative.",
      at: (x, top + 8), width: 300, .small, color: Palette.muted)
  }

  private func formulas(on figure: Figure, y: Double) {
    let variances = configuration.variances
    func row(
      _ name: String, _ formula: String, _ filled: String, _ plain: Float, _ variance: Float,
      _ result: Float
    ) -> [Table.Cell] {
      [
        Table.Cell(name, isStrong: true), Table.Cell(formula), Table.Cell(filled),
        Table.Cell(decimal(plain, 3)),
        Table.Cell("÷ \(decimal(variance, 1))", color: Palette.muted),
        Table.Cell(decimal(result, 3), color: Palette.prediction, isStrong: true),
      ]
    }
    func quotient(_ a: Float, _ b: Float, _ c: Float) -> String {
      "(\(decimal(a, 3)) − \(decimal(b, 3))) / \(decimal(c, 3))"
    }
    func logarithm(_ a: Float, _ b: Float) -> String { "log(\(decimal(a, 3)) / \(decimal(b, 3)))" }
    Table(
      columns: [54, 140, 186, -86, -86, -108],
      header: ["offset", "is", "here", "", "variance", "predicted"],
      rows: [
        row(
          "g_{cx}", "(c_{x} − ĉ_{x}) / ŵ", quotient(decoded.centerX, prior.centerX, prior.width),
          offsets.centerX * variances.center, variances.center, offsets.centerX),
        row(
          "g_{cy}", "(c_{y} − ĉ_{y}) / ĥ", quotient(decoded.centerY, prior.centerY, prior.height),
          offsets.centerY * variances.center, variances.center, offsets.centerY),
        row(
          "g_{w}", "log(w / ŵ)", logarithm(decoded.width, prior.width),
          offsets.width * variances.size, variances.size, offsets.width),
        row(
          "g_{h}", "log(h / ĥ)", logarithm(decoded.height, prior.height),
          offsets.height * variances.size, variances.size, offsets.height),
      ]
    ).draw(on: figure, at: (figure.content.x, y))
  }
}
