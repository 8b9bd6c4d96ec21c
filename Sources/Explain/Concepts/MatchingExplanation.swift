import Images
import MultiBox

/// Which priors are made responsible for which objects, and which of the others the loss looks at.
public struct MatchingExplanation: Explanation {
  private let scene: ExplainedScene
  private let configuration: SSDConfiguration
  private let priors: PriorBoxes
  private let overlaps: [[Float]]
  /// The priors' objects, as the loss's targets have them.
  public let match: PriorMatcher.Match
  /// The negatives that the loss picks, nil without scores.
  public let mining: HardNegativeMining?
  /// Where the scores come from, in words.
  private let scoreSource: String

  /// Matches the scene's objects.
  ///
  /// - Parameters:
  ///   - predictions: of a network of this configuration for the scene's picture; nil leaves out
  ///     the hard negatives.
  ///   - scoreSource: what made the predictions, such as `model.safetensors`.
  /// - Throws: ``ExplanationError`` for a scene without objects, or predictions of another network.
  public init(
    _ scene: ExplainedScene, configuration: SSDConfiguration, predictions: RawPredictions? = nil,
    scoreSource: String = ""
  ) throws {
    guard !scene.objects.isEmpty else { throw ExplanationError.noObjects("matching") }
    self.scene = scene
    self.configuration = configuration
    self.scoreSource = scoreSource
    let priors = PriorBoxes(configuration)
    let matcher = PriorMatcher(priors: priors, configuration: configuration.loss)
    self.priors = priors
    overlaps = scene.objects.map { matcher.ious(with: $0.box) }
    let match = matcher.match(scene.objects.map(\.box))
    self.match = match
    mining = try predictions.map { predictions in
      guard predictions.logits.count == priors.count * configuration.scoreCount else {
        throw ExplanationError.foreignPredictions(
          expected: priors.count, found: predictions.offsets.count / 4)
      }
      return HardNegativeMining(
        logits: predictions.logits,
        targets: match.objects.map { $0 < 0 ? 0 : scene.objects[$0].classIndex },
        negativesPerPositive: configuration.loss.negativesPerPositive)
    }
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let gap = 20.0
    let panelWidth = (Figure.width - 2 * Figure.margin - gap) / 2
    let panelHeight = PicturePanel.height(of: scene.image, width: panelWidth)
    let rows = min(scene.objects.count, 8)
    let table = objectTable(rows)
    let figure = try Figure(
      "Matching: which prior answers for which object",
      """
      A prior that overlaps an object by \(decimal(configuration.loss.overlapThreshold, 1)) or more is \
      positive and learns that object's class and box. The best prior of every object is positive \
      in any case. All others are negative, and learn that there is nothing: \
      \(grouped(match.positiveCount)) of \(grouped(priors.count)) are positive here.
      """,
      contentHeight: 22 + panelHeight + 14 + Legend.rowHeight + 16 + table.height,
      note: note(rows), pixelWidth: pixelWidth)
    let (x, y) = (figure.content.x, figure.content.y)
    figure.write("Positive priors", at: (x, y), .heading)
    figure.write("Hard negatives", at: (x + panelWidth + gap, y), .heading)
    let panels = [x, x + panelWidth + gap].map { left in
      PicturePanel(
        scene.image, on: figure,
        frame: Rectangle(x: left, y: y + 22, width: panelWidth, height: panelHeight), veil: 0.3)
    }
    figure.canvas.clipped(to: panels[0].frame, cornerRadius: 4) { drawPositives(panels[0]) }
    figure.canvas.clipped(to: panels[1].frame, cornerRadius: 4) { drawNegatives(panels[1]) }
    let legend = y + 22 + panelHeight + 10
    Legend([
      (.line(Palette.truth), "object"), (.line(Palette.prior), "positive prior"),
      (.line(Palette.forced), "best prior of an object"),
      (.line(Palette.negative), "hard negative"),
    ]).draw(on: figure, at: (x, legend))
    table.draw(on: figure, at: (x, legend + Legend.rowHeight + 16))
    return figure
  }

  private func note(_ rows: Int) -> String {
    var parts: [String] = []
    if let mining {
      parts.append(
        """
        Hard negatives: of \(grouped(priors.count - mining.positives.count)) negatives the \
        \(mining.hardNegatives.count) = \(configuration.loss.negativesPerPositive) × \
        \(mining.positives.count) with the highest cross-entropy, from the scores of \(scoreSource).
        """)
    } else {
      parts.append("Hard negatives are picked by a model's scores; no model was given.")
    }
    if rows < scene.objects.count { parts.append("\(scene.objects.count - rows) more objects.") }
    return parts.joined(separator: " ")
  }

  private func drawPositives(_ panel: PicturePanel) {
    let forced = Set(match.forced)
    // Many at one place: the fewer there are, the stronger is each line.
    let opacity = match.positiveCount > 60 ? 0.45 : 0.75
    for (prior, object) in match.objects.enumerated() where object >= 0 && !forced.contains(prior) {
      panel.outline(
        priors.boundary[prior], color: Palette.prior.opacity(opacity), lineWidth: 1.1,
        fill: 0.02, hasSeam: false)
    }
    for prior in match.forced where prior >= 0 {
      panel.outline(priors.boundary[prior], color: Palette.forced, lineWidth: 2.4)
    }
    labelObjects(panel)
  }

  private func drawNegatives(_ panel: PicturePanel) {
    for prior in mining?.hardNegatives.reversed() ?? [] {
      panel.outline(
        priors.boundary[prior], color: Palette.negative.opacity(0.7), lineWidth: 1.1,
        hasSeam: false)
    }
    labelObjects(panel)
    if mining == nil {
      panel.figure.write(
        "no model, no scores",
        at: (panel.frame.x + panel.frame.width / 2, panel.frame.bottom - 16), .small,
        color: Palette.muted, anchor: .bottom, plate: Palette.paper)
    }
  }

  private func labelObjects(_ panel: PicturePanel) {
    panel.label(
      scene.objects.enumerated().map { index, object in
        panel.labeled(
          object.box, "\(index + 1)  \(scene.label(object))", color: Palette.truth)
      }, lineWidth: 2.2)
  }

  private func objectTable(_ rows: Int) -> Table {
    var counts = [Int](repeating: 0, count: scene.objects.count)
    for object in match.objects where object >= 0 { counts[object] += 1 }
    return Table(
      columns: [30, 116, -84, 178, 128, -124],
      header: ["", "object", "positives", "best prior", "ratio, scale", "its overlap"],
      rows: scene.objects.prefix(rows).enumerated().map { index, object in
        let forced = match.forced[index]
        guard forced >= 0 else {
          return [
            "\(index + 1)", Table.Cell(scene.label(object)), "\(counts[index])",
            Table.Cell("none overlaps it", color: Palette.negative), "", "",
          ]
        }
        let location = configuration.location(ofPrior: forced)
        let map = configuration.featureMaps[location.map]
        return [
          Table.Cell("\(index + 1)", color: Palette.muted),
          Table.Cell(scene.label(object), isStrong: true), "\(counts[index])",
          Table.Cell(
            "\(map.name), row \(location.row + 1), column \(location.column + 1)",
            color: Palette.forced),
          Table.Cell(map.shapeName(location.shape)),
          Table.Cell(decimal(overlaps[index][forced]), isStrong: true),
        ]
      })
  }
}

extension FeatureMap {
  /// Ratio and scale of one of the priors at each position.
  func shapeName(_ shape: Int) -> String {
    var names: [String] = []
    for ratio in aspectRatios {
      names.append("\(PriorsExplanation.name(ratio)), \(trimmed(scale))")
      if ratio == 1, let extraScale { names.append("1 : 1, \(trimmed(extraScale))") }
    }
    return names[shape]
  }
}
