import Images
import MultiBox

/// The multibox loss term by term: cross-entropies of positives and hard negatives, distances of
/// offsets.
public struct LossExplanation: Explanation {
  private let scene: ExplainedScene
  private let configuration: SSDConfiguration
  private let priors: PriorBoxes
  /// The confidence loss, prior by prior.
  public let confidence: HardNegativeMining
  /// The localization loss, positive by positive.
  public let localization: LocalizationTerms
  private let targets: TrainingTargets
  private let locations: [Float]
  private let source: String

  /// What is minimised: confidence + weight * localization.
  public var total: Float {
    confidence.confidenceLoss + configuration.loss.localizationWeight * localization.loss
  }

  /// - Parameters:
  ///   - predictions: of a network of this configuration for the scene's picture.
  ///   - source: where the predictions come from, a sentence.
  /// - Throws: ``ExplanationError`` for a scene without objects, or predictions of another network.
  public init(
    _ scene: ExplainedScene, configuration: SSDConfiguration, predictions: RawPredictions,
    source: String
  ) throws {
    guard !scene.objects.isEmpty else { throw ExplanationError.noObjects("loss") }
    let priors = PriorBoxes(configuration)
    guard predictions.logits.count == priors.count * configuration.scoreCount else {
      throw ExplanationError.foreignPredictions(
        expected: priors.count, found: predictions.offsets.count / 4)
    }
    let matcher = PriorMatcher(priors: priors, configuration: configuration.loss)
    let targets = TrainingTargets([scene.objects], priors: priors, matcher: matcher)
    self.scene = scene
    self.configuration = configuration
    self.priors = priors
    self.targets = targets
    self.source = source
    locations = predictions.offsets
    confidence = HardNegativeMining(
      logits: predictions.logits, targets: targets.classes.map(Int.init),
      negativesPerPositive: configuration.loss.negativesPerPositive)
    localization = LocalizationTerms(
      offsets: predictions.offsets, targets: targets, configuration: configuration.loss)
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let panelWidth = 250.0
    let panelHeight = PicturePanel.height(of: scene.image, width: panelWidth)
    let chartHeight = max(panelHeight, 200)
    let rows = min(localization.positives.count, 5)
    let ratio = configuration.loss.negativesPerPositive
    let figure = try Figure(
      "The multibox loss",
      """
      \(confidence.positives.count) of \(grouped(priors.count)) priors are positive; were all the \
      others to count, the network would only learn to see nothing. So of the negatives only the \
      \(confidence.hardNegatives.count) hardest count, \(ratio) for each positive: those whose scores \
      are most surprised that there is nothing.
      """,
      contentHeight: 22 + chartHeight + 10 + Legend.rowHeight + 18 + 22 + 21 * Double(rows + 1) + 20
        + 104, note: source, pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    figure.write("Priors, by what they are", at: (x, y), .heading)
    let panel = PicturePanel(
      scene.image, on: figure,
      frame: Rectangle(x: x, y: y + 22, width: panelWidth, height: panelHeight), veil: 0.3)
    figure.canvas.clipped(to: panel.frame, cornerRadius: 4) { drawPriors(panel) }
    let chartX = x + panelWidth + 46
    figure.write("Cross-entropy of each prior's scores", at: (chartX - 22, y), .heading)
    drawEntropies(
      on: figure,
      in: Rectangle(
        x: chartX, y: y + 30, width: figure.content.right - chartX, height: chartHeight - 28))
    let legend = y + 22 + chartHeight + 10
    Legend([
      (.area(Palette.prior), "positive"), (.area(Palette.negative), "hard negative"),
      (.area(Palette.bar), "negative that does not count"), (.line(Palette.truth), "object"),
    ]).draw(on: figure, at: (x, legend))
    let below = legend + Legend.rowHeight + 18
    figure.write(
      "Distance of the positives' offsets (\(distanceName))", at: (x, below), .heading)
    drawDistances(on: figure, y: below + 22, rows: rows)
    drawSum(on: figure, y: below + 22 + 21 * Double(rows + 1) + 20)
    return figure
  }

  private var distanceName: String {
    configuration.loss.localization == .smoothL1 ? "smooth L1" : "L1"
  }

  private enum Role { case positive, hard, ignored }

  private func color(_ role: Role) -> Color {
    switch role {
    case .positive: Palette.prior
    case .hard: Palette.negative
    case .ignored: Palette.bar
    }
  }

  private func drawPriors(_ panel: PicturePanel) {
    for object in scene.objects { panel.outline(object.box, color: Palette.truth, lineWidth: 2.2) }
    let hard = Set(confidence.hardNegatives)
    let positives = Set(confidence.positives)
    let isSmall = priors.count <= 30
    for prior in 0..<priors.count where isSmall || positives.contains(prior) || hard.contains(prior)
    {
      let role: Role =
        positives.contains(prior) ? .positive : hard.contains(prior) ? .hard : .ignored
      if isSmall, role == .positive {
        panel.outline(
          priors.boundary[prior], color: Palette.prior.opacity(0.7), lineWidth: 1.2, hasSeam: false)
      }
      let center = panel.center(priors.boundary[prior])
      if isSmall {
        panel.figure.canvas.fillCircle(center: center, radius: 10, color: .white)
        panel.figure.canvas.fillCircle(center: center, radius: 9, color: color(role))
        panel.figure.write(
          String(prior + 1), at: center, .small,
          color: role == .ignored ? Palette.ink : .white, anchor: .center)
      } else {
        panel.figure.canvas.fillCircle(
          center: center, radius: role == .positive ? 3 : 2, color: color(role).opacity(0.8))
      }
    }
  }

  private func drawEntropies(on figure: Figure, in area: Rectangle) {
    let hard = Set(confidence.hardNegatives)
    let positives = Set(confidence.positives)
    let entropies = confidence.crossEntropies
    func sorted(_ indices: [Int]) -> [Int] { indices.sorted { entropies[$0] > entropies[$1] } }
    let ignored = sorted(
      entropies.indices.filter { !hard.contains($0) && !positives.contains($0) })
    let bars: [(prior: Int, role: Role)] =
      sorted(confidence.positives).map { ($0, .positive) }
      + confidence.hardNegatives.map { ($0, .hard) }
      // As many as make clear how it goes on.
      + ignored.prefix(max(8, confidence.hardNegatives.count / 2)).map { ($0, .ignored) }
    let highest = Double(bars.map { entropies[$0.prior] }.max() ?? 1) * 1.06
    let isSmall = bars.count <= 24
    let plot = Rectangle(
      x: area.x, y: area.y, width: area.width, height: area.height - (isSmall ? 18 : 6))
    for tick in ticks(upTo: highest, count: 4) {
      let y = plot.bottom - tick / highest * plot.height
      figure.rule(x: plot.x, y: y, width: plot.width)
      figure.write(
        decimal(tick, 1), at: (plot.x - 6, y), .small, color: Palette.muted, anchor: .right)
    }
    let pitch = plot.width / Double(bars.count)
    for (index, bar) in bars.enumerated() {
      let height = Double(entropies[bar.prior]) / highest * plot.height
      let x = plot.x + Double(index) * pitch
      figure.canvas.fill(
        Rectangle(
          x: x + 0.12 * pitch, y: plot.bottom - height, width: 0.76 * pitch,
          height: max(height, 0.5)),
        color: color(bar.role), cornerRadius: isSmall ? 2 : 0)
      if isSmall {
        figure.write(
          String(bar.prior + 1), at: (x + pitch / 2, plot.bottom + 10), .small,
          color: Palette.muted, anchor: .center)
        figure.write(
          decimal(entropies[bar.prior], 1), at: (x + pitch / 2, plot.bottom - height - 2), .tiny,
          color: Palette.ink, anchor: .bottom)
      }
    }
    figure.rule(x: plot.x, y: plot.bottom, width: plot.width, color: Palette.muted)
  }

  private func drawDistances(on figure: Figure, y: Double, rows: Int) {
    let order = localization.positives.indices.sorted {
      localization.term($0) > localization.term($1)
    }
    Table(
      columns: [86, 150, -80, -80, -80, -80, -104],
      header: ["prior", "object", "c_{x}", "c_{y}", "w", "h", "its distance"],
      rows: order.prefix(rows).map { index in
        let prior = localization.positives[index]
        return [
          Table.Cell(String(prior + 1), color: Palette.prior, isStrong: true),
          Table.Cell(scene.classes.label(at: Int(targets.classes[prior]))),
        ] + localization.distances[index].map { Table.Cell(decimal($0, 3)) } + [
          Table.Cell(decimal(localization.term(index), 3), isStrong: true)
        ]
      }
    ).draw(on: figure, at: (figure.content.x, y))
  }

  private func drawSum(on figure: Figure, y: Double) {
    let count = confidence.positives.count
    func sum(_ indices: [Int]) -> Float {
      indices.reduce(0) { $0 + confidence.crossEntropies[$1] }
    }
    let area = Rectangle(x: figure.content.x, y: y, width: figure.content.width, height: 104)
    figure.canvas.fill(area, color: Palette.panel, cornerRadius: 8)
    let lines = [
      (
        "confidence",
        "(\(decimal(sum(confidence.positives))) of positives + \(decimal(sum(confidence.hardNegatives))) of hard negatives) / \(count)",
        confidence.confidenceLoss
      ),
      (
        "localization", "\(decimal(localization.loss * Float(count))) / \(count)", localization.loss
      ),
      (
        "loss", "confidence + \(trimmed(configuration.loss.localizationWeight)) × localization",
        total
      ),
    ]
    for (index, (name, formula, value)) in lines.enumerated() {
      let isLast = index == lines.count - 1
      let middle = y + 22 + 30 * Double(index)
      let style: TextStyle = isLast ? .strong : .body
      figure.write(name, at: (area.x + 16, middle), .strong, anchor: .left)
      figure.write(formula, at: (area.x + 120, middle), .body, color: Palette.muted, anchor: .left)
      figure.write(
        "= *{\(decimal(value, 3))}", at: (area.right - 16, middle), style,
        color: isLast ? Palette.prediction : Palette.ink, anchor: .right)
    }
  }
}

/// Round numbers from 0 up to a bound, about so many of them.
func ticks(upTo bound: Double, count: Int) -> [Double] {
  guard bound > 0, bound.isFinite else { return [0] }
  var step = 1.0
  while step * Double(count) > bound { step /= 10 }
  while step * 10 * Double(count) <= bound { step *= 10 }
  for factor in [5.0, 2] where factor * step * Double(count) <= bound {
    step *= factor
    break
  }
  return (0...Int(bound / step)).map { Double($0) * step }
}
