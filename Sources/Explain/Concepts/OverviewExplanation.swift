import Images
import MultiBox

/// The whole detector on one page: priors, scores, candidates, detections.
public struct OverviewExplanation: Explanation {
  /// A prior that may show an object of a class.
  private struct Candidate {
    var prior: Int
    var classIndex: Int
    var score: Float
    var box: BoundingBox
  }

  private let scene: ExplainedScene
  private let configuration: SSDConfiguration
  private let priors: PriorBoxes
  private let settings: DetectionSettings
  /// For every prior, the class with the highest score, background left out.
  private let best: [(classIndex: Int, score: Float)]
  private let candidates: [Candidate]
  private let kept: [Candidate]

  /// How many boxes exceed the minimum score, and how many of them suppression keeps.
  public var counts: (candidates: Int, detections: Int) { (candidates.count, kept.count) }

  /// Follows one image from the priors to the detections.
  ///
  /// - Parameters:
  ///   - predictions: of a network of this configuration for the scene's picture.
  ///   - settings: what counts as a detection.
  /// - Throws: ``ExplanationError`` for predictions of another network.
  public init(
    _ scene: ExplainedScene, predictions: RawPredictions, of configuration: SSDConfiguration,
    settings: DetectionSettings = DetectionSettings(minimumScore: 0.4)
  ) throws {
    let priors = PriorBoxes(configuration)
    guard predictions.logits.count == priors.count * configuration.scoreCount else {
      throw ExplanationError.foreignPredictions(
        expected: priors.count, found: predictions.offsets.count / 4)
    }
    let scores = ClassScores(predictions, columns: configuration.scoreCount)
    let classes = 1...configuration.classes.count
    self.scene = scene
    self.configuration = configuration
    self.priors = priors
    self.settings = settings
    best = (0..<priors.count).map { prior in
      let classIndex = classes.max { scores[prior, $0] < scores[prior, $1] } ?? 1
      return (classIndex, scores[prior, classIndex])
    }
    let found = (0..<priors.count).flatMap { prior -> [Candidate] in
      let over = classes.filter { scores[prior, $0] > settings.minimumScore }
      guard !over.isEmpty else { return [] }
      let offsets = predictions.offsets(at: prior)
      let box = BoundingBox(
        offsets.box(from: priors.centerSize[prior], variances: priors.variances))
      return over.map {
        Candidate(prior: prior, classIndex: $0, score: scores[prior, $0], box: box)
      }
    }
    let candidates = found.sorted { $0.score > $1.score }
    kept = classes.flatMap { classIndex in
      let ofClass = candidates.filter { $0.classIndex == classIndex }
      return nms(
        ofClass.map(\.box), scores: ofClass.map(\.score), iouThreshold: settings.iouThreshold
      )
      .map { ofClass[$0] }
    }.sorted { $0.score > $1.score }
    self.candidates = candidates
  }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let gap = 20.0
    let width = (Figure.width - 2 * Figure.margin - gap) / 2
    let height = PicturePanel.height(of: scene.image, width: width)
    let caption = 48.0
    let figure = try Figure(
      "SSD: from \(grouped(priors.count)) guesses to a list",
      "One network, one pass. Nothing is searched for; every guess is there from the beginning.",
      contentHeight: 2 * (height + caption) + 14, pixelWidth: pixelWidth)
    let steps: [(title: String, text: String, draw: (PicturePanel) -> Void)] = [
      (
        "1  Priors",
        "\(grouped(priors.count)) boxes on \(configuration.featureMaps.count) maps; here those that will win",
        drawPriors
      ),
      ("2  Scores", "every prior scores every class, in one pass", drawScores),
      (
        "3  Candidates",
        "\(candidates.count) boxes score above \(trimmed(settings.minimumScore)), moved by their offsets",
        drawCandidates
      ),
      (
        "4  Detections", "suppression leaves \(kept.count): of each heap of boxes, the best",
        drawDetections
      ),
    ]
    for (index, step) in steps.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: 2)
      let x = figure.content.x + Double(column) * (width + gap)
      let y = figure.content.y + Double(row) * (height + caption + 14)
      figure.write(step.title, at: (x, y), .heading)
      figure.write(
        step.text, at: (x, y + 20), .small, color: Palette.muted, maximumWidth: width)
      let panel = PicturePanel(
        scene.image, on: figure,
        frame: Rectangle(x: x, y: y + caption - 6, width: width, height: height),
        veil: index == 3 ? 0 : 0.3)
      figure.canvas.clipped(to: panel.frame, cornerRadius: 4) { step.draw(panel) }
    }
    return figure
  }

  private func color(_ classIndex: Int) -> Color { Palette.series(classIndex - 1) }

  /// The positions of all maps as points, and the priors that the detections come from.
  private func drawPriors(_ panel: PicturePanel) {
    var first = 0
    for map in configuration.featureMaps {
      for position in 0..<map.size * map.size {
        let center = panel.center(priors.boundary[first + position * map.priorsPerPosition])
        panel.figure.canvas.fillCircle(
          center: center, radius: 0.5 + 1.6 / Double(map.size).squareRoot(),
          color: Palette.prior.opacity(0.45))
      }
      first += map.priorCount
    }
    for winner in kept.reversed() {
      panel.outline(
        priors.boundary[winner.prior], color: Palette.prior, lineWidth: 1.8, dashes: [5, 3])
      panel.figure.dot(at: panel.center(priors.boundary[winner.prior]), color: Palette.prior)
    }
  }

  /// A disc at the centre of every prior that scores some class, the larger the higher the score.
  private func drawScores(_ panel: PicturePanel) {
    for prior in best.indices.sorted(by: { best[$0].score < best[$1].score }) {
      let (classIndex, score) = best[prior]
      guard score > 0.05 else { continue }
      panel.figure.canvas.fillCircle(
        center: panel.center(priors.boundary[prior]), radius: 1 + 7 * Double(score),
        color: color(classIndex).opacity(0.25 + 0.6 * Double(score)))
    }
  }

  private func drawCandidates(_ panel: PicturePanel) {
    for candidate in candidates.reversed() {
      panel.outline(
        candidate.box, color: color(candidate.classIndex).opacity(0.8), lineWidth: 1.2,
        hasSeam: false)
    }
  }

  private func drawDetections(_ panel: PicturePanel) {
    panel.label(
      kept.reversed().map { detection in
        panel.labeled(
          detection.box,
          "\(configuration.classes.label(at: detection.classIndex)) \(decimal(detection.score))",
          color: color(detection.classIndex))
      }, lineWidth: 2.4, fontSize: 11)
  }
}
