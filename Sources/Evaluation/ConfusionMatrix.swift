import MultiBox

/// What objects were taken for.
///
/// Detections from a score on are taken from the best down. Each takes, of the objects it overlaps
/// enough and that nobody has taken, the one of its class that it overlaps most, or else the one of
/// any class. What no detection takes is missed, and a detection that takes nothing saw an object in
/// the background. Difficult objects, and detections that take them, do not count.
public struct ConfusionMatrix: Sendable, Hashable {
  /// The classes; their indices are rows and columns.
  public let classes: ClassList
  /// Detections below it are left out.
  public let minimumScore: Float
  /// The overlap from which a detection can take an object.
  public let minimumOverlap: Double
  private var counts: [Int]

  /// A matrix of nothing yet.
  public init(classes: ClassList, minimumScore: Float, minimumOverlap: Double = 0.5) {
    self.classes = classes
    self.minimumScore = minimumScore
    self.minimumOverlap = minimumOverlap
    counts = Array(repeating: 0, count: (classes.count + 1) * (classes.count + 1))
  }

  /// How many objects of class `truth` were taken for class `predicted`.
  ///
  /// Index 0 is the background: as truth it stands for detections on nothing, as prediction for
  /// missed objects.
  public subscript(truth: Int, predicted: Int) -> Int {
    get { counts[truth * (classes.count + 1) + predicted] }
    set { counts[truth * (classes.count + 1) + predicted] = newValue }
  }

  /// How many objects of a class there are; of index 0, detections on nothing.
  public func total(truth: Int) -> Int { (0...classes.count).reduce(0) { $0 + self[truth, $1] } }

  /// Adds one image.
  public mutating func add(_ image: ScoredImage) {
    let matcher = ObjectMatcher()
    var isTaken = Array(repeating: false, count: image.objects.count)
    for detection in image.detections.bestFirst(by: \.score) where detection.score >= minimumScore {
      func best(_ isCandidate: (GroundTruthObject) -> Bool) -> Int? {
        image.objects.indices
          .filter { !isTaken[$0] && isCandidate(image.objects[$0]) }
          .map { ($0, matcher.iou(detection.box, image.objects[$0].box)) }
          .filter { $0.1 >= minimumOverlap }
          .max { $0.1 < $1.1 }?.0
      }
      let taken =
        best { $0.classIndex == detection.classIndex }
        ?? best { $0.classIndex != detection.classIndex }
      guard let taken else {
        self[0, detection.classIndex] += 1
        continue
      }
      // A difficult object can be found any number of times.
      guard !image.objects[taken].isDifficult else { continue }
      isTaken[taken] = true
      self[image.objects[taken].classIndex, detection.classIndex] += 1
    }
    for (object, isTaken) in zip(image.objects, isTaken) where !isTaken && !object.isDifficult {
      self[object.classIndex, 0] += 1
    }
  }

  /// The pairs of different classes, most frequent first: what was there and what it was taken for.
  public var confusions: [(truth: Int, predicted: Int, count: Int)] {
    (1...classes.count).flatMap { truth in
      (1...classes.count).compactMap { predicted in
        let count = self[truth, predicted]
        return truth != predicted && count > 0 ? (truth, predicted, count) : nil
      }
    }.sorted { ($1.count, $0.truth, $0.predicted) < ($0.count, $1.truth, $1.predicted) }
  }
}
