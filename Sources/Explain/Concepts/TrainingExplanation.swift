import Foundation
import Images

/// How a run went: the loss and its parts, the learning rate, the score.
public struct TrainingExplanation: Explanation {
  /// A logged iteration.
  public struct Step: Hashable, Sendable {
    /// Counted from 1.
    public var iteration: Int
    /// The localization loss.
    public var localization: Double
    /// The confidence loss.
    public var confidence: Double
    /// The learning rate of the weights.
    public var learningRate: Double

    /// An iteration from its figures.
    public init(iteration: Int, localization: Double, confidence: Double, learningRate: Double) {
      self.iteration = iteration
      self.localization = localization
      self.confidence = confidence
      self.learningRate = learningRate
    }
  }

  /// A validation: mean average precision after an iteration.
  public typealias Score = (iteration: Int, value: Double)

  private let steps: [Step]
  private let scores: [Score]
  private let name: String

  /// - Parameters:
  ///   - steps: in order; may be every tenth or so.
  ///   - scores: in order.
  ///   - name: of the run.
  /// - Throws: ``ExplanationError`` without steps.
  public init(_ steps: [Step], scores: [Score], name: String) throws {
    guard steps.count > 1 else { throw ExplanationError.noSteps(name) }
    self.steps = steps
    self.scores = scores
    self.name = name
  }

  private var lastIteration: Double { Double(steps[steps.count - 1].iteration) }

  /// Draws the picture; see ``Explanation``.
  public func figure(pixelWidth: Int) throws(ImageError) -> Figure {
    let height = 190.0
    let figure = try Figure(
      "A training run: \(name)",
      """
      Thin lines are iterations as they were logged, thick ones means over their neighbours. The scale of the losses is \
      logarithmic, so that equal ratios are equal steps.
      """,
      contentHeight: 2 * (22 + height) + 40 + 30 + Legend.rowHeight, pixelWidth: pixelWidth)
    let (left, y) = (figure.content.x + 36, figure.content.y)
    let width = figure.content.right - left - 40
    let upper = Rectangle(x: left, y: y + 24, width: width, height: height)
    figure.write("Loss", at: (figure.content.x, y), .heading)
    drawLosses(upper, on: figure)
    let lower = Rectangle(x: left, y: upper.bottom + 40 + 24, width: width, height: height)
    figure.write(
      scores.isEmpty ? "Learning rate" : "Learning rate and mAP",
      at: (figure.content.x, lower.y - 24), .heading)
    drawRate(lower, on: figure)
    var legend: [(sample: Legend.Sample, text: String)] = [
      (.line(Palette.negative), "confidence"), (.line(Palette.prior), "localization"),
      (.line(Palette.truth), "learning rate"),
    ]
    if !scores.isEmpty { legend.append((.line(Palette.prediction), "mAP, validated")) }
    Legend(legend).draw(on: figure, at: (figure.content.x, lower.bottom + 28))
    return figure
  }

  private func x(_ iteration: Int, _ plot: Rectangle) -> Double {
    plot.x + Double(iteration) / lastIteration * plot.width
  }

  private func drawLosses(_ plot: Rectangle, on figure: Figure) {
    let values = steps.flatMap { [$0.localization, $0.confidence] }.filter { $0 > 0 }
    let (low, high) = (log10(values.min() ?? 0.1), log10(values.max() ?? 10))
    func y(_ value: Double) -> Double {
      plot.bottom - (log10(value) - low) / max(high - low, 1e-9) * plot.height
    }
    for value in [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50] where (low...high).contains(log10(value)) {
      figure.rule(x: plot.x, y: y(value), width: plot.width)
      figure.write(
        trimmed(value, 1), at: (plot.x - 7, y(value)), .small, color: Palette.muted, anchor: .right)
    }
    drawIterations(plot, on: figure)
    for (part, color) in [(\Step.confidence, Palette.negative), (\.localization, Palette.prior)] {
      func line(_ values: [Double]) -> [(x: Double, y: Double)] {
        zip(steps, values).map { (x($0.iteration, plot), y(max($1, 1e-6))) }
      }
      let values = steps.map { $0[keyPath: part] }
      figure.canvas.polyline(line(values), color: color.opacity(0.25), lineWidth: 0.8)
      figure.canvas.polyline(line(Self.smoothed(values)), color: color, lineWidth: 2)
    }
  }

  private func drawRate(_ plot: Rectangle, on figure: Figure) {
    let highest = steps.map(\.learningRate).max() ?? 1
    for tenths in stride(from: 0, through: 10, by: 2) {
      let share = Double(tenths) / 10
      let y = plot.bottom - share * plot.height
      figure.rule(x: plot.x, y: y, width: plot.width)
      figure.write(
        trimmed(share * highest, 4), at: (plot.x - 7, y), .small, color: Palette.truth,
        anchor: .right)
      guard !scores.isEmpty else { continue }
      figure.write(
        trimmed(share, 1), at: (plot.right + 7, y), .small, color: Palette.prediction,
        anchor: .left)
    }
    drawIterations(plot, on: figure)
    figure.canvas.polyline(
      steps.map {
        (x($0.iteration, plot), plot.bottom - $0.learningRate / highest * plot.height)
      }, color: Palette.truth, lineWidth: 2)
    let points = scores.map { (x($0.iteration, plot), plot.bottom - $0.value * plot.height) }
    figure.canvas.polyline(points, color: Palette.prediction, lineWidth: 2)
    for point in points { figure.dot(at: point, color: Palette.prediction, radius: 2.2) }
  }

  private func drawIterations(_ plot: Rectangle, on figure: Figure) {
    figure.rule(x: plot.x, y: plot.bottom, width: plot.width, color: Palette.muted)
    for tick in ticks(upTo: lastIteration, count: 5) {
      figure.write(
        grouped(Int(tick)), at: (x(Int(tick), plot), plot.bottom + 5), .small,
        color: Palette.muted, anchor: .top)
    }
    figure.write(
      "iterations", at: (plot.right, plot.bottom + 18), .small, color: Palette.muted,
      anchor: TextAnchor(x: 1, y: 0))
  }

  /// The mean of up to nine neighbours; of a short run fewer, lest nothing of its course is left.
  private static func smoothed(_ values: [Double]) -> [Double] {
    let reach = min(4, values.count / 8)
    return values.indices.map { index in
      let near = values[max(0, index - reach)...min(values.count - 1, index + reach)]
      return near.reduce(0, +) / Double(near.count)
    }
  }
}
