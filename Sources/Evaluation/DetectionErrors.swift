import MultiBox

/// Why detections are false and objects missed, and what each kind of error costs.
///
/// The kinds are those of TIDE (Bolya et al., "TIDE: A General Toolbox for Identifying Object
/// Detection Errors", 2020), which go back to Hoiem et al. ("Diagnosing Error in Object Detectors",
/// 2012). What is found is decided by VOC's rule, as for average precision. Unlike TIDE's, a kind
/// also looks at difficult objects, so that a detection on one is not called background.
public struct DetectionErrors: Sendable {
  /// What is wrong.
  public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    /// The right class, but the box overlaps the object too little.
    case localization
    /// The box is right and the class is not.
    case confusion
    /// Neither the class nor the box is right, and yet there is an object.
    case both
    /// The object has been found by a better detection.
    case duplicate
    /// There is no object.
    case background
    /// An object that no detection finds, and none would if its class or its box were mended.
    case missed
  }

  /// A false detection.
  public struct FalseDetection: Sendable, Hashable {
    /// The image's position.
    public let image: Int
    /// The detection's position in the image.
    public let detection: Int
    /// What is wrong with it.
    public let kind: Kind
    /// The position of the object it is about; nil for the background.
    public let object: Int?
    /// The overlap with that object.
    public let overlap: Double
  }

  /// An object that was not found.
  public struct MissedObject: Sendable, Hashable {
    /// The image's position.
    public let image: Int
    /// The object's position in the image.
    public let object: Int
  }

  /// The classes.
  public let classes: ClassList
  /// In the order of images and detections.
  public let falseDetections: [FalseDetection]
  /// In the order of images and objects.
  public let missedObjects: [MissedObject]
  let verdicts: [Verdict]
  /// Objects that count, by class index.
  let objectCounts: [Int]
  let missedCounts: [Int]

  /// A detection as the curves see it.
  struct Verdict: Sendable {
    let classIndex: Int
    let score: Float
    /// nil when it is right.
    let kind: Kind?
    /// The class of the object that it would find, were it mended.
    var mendedClass: Int?
  }

  /// - Parameters:
  ///   - matcher: says what is found.
  ///   - backgroundOverlap: up to this overlap a detection is said to have nothing to do with an
  ///     object; 0.1 in the papers.
  public init(
    _ images: [ScoredImage], classes: ClassList, matcher: ObjectMatcher = .init(),
    backgroundOverlap: Double = 0.1
  ) {
    self.classes = classes
    var verdicts: [Verdict] = []
    var falseDetections: [FalseDetection] = []
    var missedObjects: [MissedObject] = []
    var objectCounts = Array(repeating: 0, count: classes.count + 1)
    var missedCounts = objectCounts
    for (number, image) in images.enumerated() {
      let diagnosis = ImageDiagnosis(image, matcher, backgroundOverlap: backgroundOverlap)
      verdicts += diagnosis.verdicts
      falseDetections += diagnosis.faults.map { fault in
        FalseDetection(
          image: number, detection: fault.detection, kind: fault.kind, object: fault.object,
          overlap: fault.overlap)
      }
      for object in image.objects where !object.isDifficult { objectCounts[object.classIndex] += 1 }
      for object in diagnosis.missed {
        missedObjects.append(MissedObject(image: number, object: object))
        missedCounts[image.objects[object].classIndex] += 1
      }
    }
    self.verdicts = verdicts
    self.falseDetections = falseDetections
    self.missedObjects = missedObjects
    self.objectCounts = objectCounts
    self.missedCounts = missedCounts
  }

  /// How many errors of a kind there are.
  public func count(of kind: Kind) -> Int {
    kind == .missed ? missedObjects.count : falseDetections.count { $0.kind == kind }
  }
}
