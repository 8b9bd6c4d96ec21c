import MultiBox

/// Compares detections with the truth as COCO does (pycocotools' `COCOeval`, boxes), image by
/// image.
///
/// Beside the range of overlaps it differs from Pascal VOC in this: a detection may take a lesser
/// object when its best is taken; at most 100 detections of a class and image count; precision is
/// read at 101 recalls; and figures by size ignore what lies outside the range of areas.
public struct COCOEvaluator: Sendable {
  /// The classes that detections and objects are of.
  public let classes: ClassList
  private var tallies: [Tally]

  /// An evaluator without images.
  public init(classes: ClassList) {
    self.classes = classes
    tallies = Array(repeating: Tally(), count: classes.count + 1)
  }

  /// One detection, its box in pixels.
  public struct DetectedObject: Sendable, Hashable {
    /// The class index, 1 for the first class.
    public var classIndex: Int
    /// The higher, the surer.
    public var score: Double
    /// In pixels.
    public var box: PixelBox

    /// A detection, its box in pixels.
    public init(classIndex: Int, score: Double, box: PixelBox) {
      self.classIndex = classIndex
      self.score = score
      self.box = box
    }
  }

  /// One object that is there, its box in pixels.
  public struct AnnotatedObject: Sendable, Hashable {
    /// What finding the object means.
    public enum Treatment: Sendable {
      /// It counts, once.
      case counted
      /// Neither it nor what finds it counts, however often (VOC's difficult objects).
      case ignored
      /// The same for a group of objects under one box (COCO's `iscrowd`): a detection that lies
      /// in it finds it, however small.
      case crowd
    }

    /// The class index, 1 for the first class.
    public var classIndex: Int
    /// In pixels.
    public var box: PixelBox
    /// Pixels that the object covers, which decides between small, medium and large. COCO's files
    /// give the area of the object's outline, not that of its box.
    public var area: Double
    /// What finding it means.
    public var treatment: Treatment

    /// An object; without an area, its box is taken to be full of it.
    public init(
      classIndex: Int, box: PixelBox, area: Double? = nil, treatment: Treatment = .counted
    ) {
      self.classIndex = classIndex
      self.box = box
      self.area = area ?? box.area
      self.treatment = treatment
    }
  }

  /// Adds one image. Where scores are equal the image added first comes first; COCO's own code
  /// takes images by rising id.
  public mutating func add(detections: [DetectedObject], objects: [AnnotatedObject]) {
    for object in objects {
      precondition(
        1...classes.count ~= object.classIndex, "no class has the index \(object.classIndex)")
      guard object.treatment == .counted else { continue }
      for (range, areas) in Self.areaRanges.enumerated() where areas.contains(object.area) {
        tallies[object.classIndex].objectCounts[range] += 1
      }
    }
    for (classIndex, detections) in Dictionary(grouping: detections, by: \.classIndex) {
      precondition(1...classes.count ~= classIndex, "no class has the index \(classIndex)")
      let best = detections.bestFirst(by: \.score).prefix(Self.detectionLimit)
      tallies[classIndex].outcomes += COCOMatching.outcomes(
        of: Array(best), objects.filter { $0.classIndex == classIndex })
    }
  }

  /// The twelve figures over all images added, means over the classes that have objects.
  public func figures() -> COCOFigures {
    var averages = Averages()
    for tally in tallies { averages.add(tally) }
    return averages.figures
  }

  /// Average precision over the ten overlaps for each class in the order of the list; nil where
  /// there are no objects.
  public func averagePrecisions() -> [Double?] {
    tallies.dropFirst().map { tally in
      var averages = Averages()
      averages.add(tally)
      return averages.figures.ap
    }
  }

  /// All, small, medium and large; an area on a boundary belongs to both sides.
  static let areaRanges: [ClosedRange<Double>] = [
    0...1e10, 0...1024, 1024...9216, 9216...1e10,
  ]
  /// 0.5, 0.55 ... 0.95, with the rounding of `numpy.linspace`, which results depend on.
  static let iouThresholds: [Double] = {
    let step = (0.95 - 0.5) / 9
    return (0..<9).map { Double($0) * step + 0.5 } + [0.95]
  }()
  static let detectionLimit = 100

  /// What became of one detection at each overlap threshold and area range.
  struct Outcome: Sendable {
    var score: Double
    /// How many detections of the class and image are better.
    var rank: Int
    /// One bit for each pair: see ``bit(range:threshold:)``.
    var isMatched: UInt64 = 0
    var isIgnored: UInt64 = 0

    static func bit(range: Int, threshold: Int) -> UInt64 {
      1 << UInt64(range * iouThresholds.count + threshold)
    }

    /// The bits of all thresholds of a range.
    static func bits(range: Int) -> UInt64 {
      ((1 << UInt64(iouThresholds.count)) - 1) << UInt64(range * iouThresholds.count)
    }
  }

  /// What is known of one class.
  struct Tally: Sendable {
    /// Objects that count, by area range.
    var objectCounts = [0, 0, 0, 0]
    var outcomes: [Outcome] = []
  }
}
