import Foundation
import MultiBox

/// The candidates of one class before suppression, best first.
public struct CandidateBoxes: Sendable {
  /// Their boxes, in fractions of the picture.
  public var boxes: [BoundingBox]
  /// Their scores, falling.
  public var scores: [Float]
  /// The class.
  public var label: String

  /// Candidates in any order.
  public init(_ candidates: [(box: BoundingBox, score: Float)], label: String) {
    let ordered = candidates.sorted { $0.score > $1.score }
    boxes = ordered.map(\.box)
    scores = ordered.map(\.score)
    self.label = label
  }

  /// What a model says about a picture: the boxes whose score in the class exceeds the minimum.
  ///
  /// - Parameters:
  ///   - label: of the class; nil for the one of the best score.
  ///   - minimumScore: that a box has to exceed.
  /// - Throws: ``ExplanationError`` for a class the model does not know.
  public init(
    _ predictions: RawPredictions, of configuration: SSDConfiguration, label: String? = nil,
    minimumScore: Float
  ) throws {
    let scores = ClassScores(predictions, columns: configuration.scoreCount)
    let classIndex = try configuration.classIndex(of: label) ?? scores.best.classIndex
    let priors = PriorBoxes(configuration)
    let candidates = (0..<priors.count).compactMap { prior -> (box: BoundingBox, score: Float)? in
      let score = scores[prior, classIndex]
      guard score > minimumScore else { return nil }
      let offsets = predictions.offsets(at: prior)
      let box = BoundingBox(
        offsets.box(from: priors.centerSize[prior], variances: priors.variances))
      return box.area > 0 && box.area.isFinite ? (box, score) : nil
    }
    self.init(candidates, label: configuration.classes.label(at: classIndex))
  }

  /// Made-up candidates, for want of a model: positive priors of the objects of the commonest class,
  /// moved more or less of the way to their object. The nearer a box comes, the higher is its score.
  ///
  /// - Throws: ``ExplanationError`` for a scene without objects.
  public init(madeUpFor scene: ExplainedScene, configuration: SSDConfiguration) throws {
    let groups = Dictionary(grouping: scene.objects, by: \.classIndex)
    guard
      let (classIndex, objects) = groups.max(by: {
        ($0.value.count, $1.key) < ($1.value.count, $0.key)
      })
    else { throw ExplanationError.noObjects("suppression") }
    let priors = PriorBoxes(configuration)
    let matcher = PriorMatcher(priors: priors, configuration: configuration.loss)
    let match = matcher.match(objects.map(\.box))
    var candidates: [(box: BoundingBox, score: Float)] = []
    for (index, object) in objects.enumerated() {
      let positives = match.objects.indices(where: { $0 == index })
      // Evenly spread over the positives, and moved less and less, so that they differ.
      for (number, prior) in positives.spread(to: 4).enumerated() {
        let offsets = Offsets(
          of: CenterSizeBox(object.box), from: priors.centerSize[prior],
          variances: priors.variances)
        let share = 0.9 - 0.17 * Float(number)
        let moved = Offsets(
          centerX: share * offsets.centerX, centerY: share * offsets.centerY,
          width: share * offsets.width, height: share * offsets.height)
        let box = BoundingBox(
          moved.box(from: priors.centerSize[prior], variances: priors.variances))
        candidates.append((box, box.iou(with: object.box)))
      }
    }
    self.init(candidates, label: scene.classes.label(at: classIndex))
  }
}

extension SSDConfiguration {
  /// The index of a class that a user named, nil where none was named.
  func classIndex(of label: String?) throws -> Int? {
    guard let label else { return nil }
    guard let index = classes.index(of: label) else {
      throw ExplanationError.unknownClass(label, known: classes.labels)
    }
    return index
  }
}

extension Array {
  /// At most so many of the elements, at even distances.
  func spread(to limit: Int) -> [Element] {
    guard count > limit, limit > 0 else { return self }
    return (0..<limit).map { self[$0 * count / limit] }
  }
}
