import MultiBox

/// Measures everything an ``EvaluationReport`` holds, image by image.
public struct DetectionEvaluator: Sendable {
  private var voc: AveragePrecisionEvaluator
  private var coco: COCOEvaluator

  /// - Parameters:
  ///   - classes: the classes that detections and objects are of.
  ///   - pixelInclusive: whether VOC's overlaps count the last pixel of a box; see
  ///     ``AveragePrecisionEvaluator/pixelInclusive``. COCO's never do.
  public init(classes: ClassList, pixelInclusive: Bool = false) {
    voc = AveragePrecisionEvaluator(classes: classes, pixelInclusive: pixelInclusive)
    coco = COCOEvaluator(classes: classes)
  }

  /// Adds an image whose boxes are fractional, as a detector gives them.
  ///
  /// - Parameters:
  ///   - detections: what was found, in any order.
  ///   - objects: what is there.
  ///   - width: the image's width in pixels: COCO tells small from large objects by it.
  ///   - height: its height.
  public mutating func add(
    detections: [Detection], objects: [GroundTruthObject], width: Int, height: Int
  ) {
    func scaled(_ box: BoundingBox) -> BoundingBox { box.pixels(width: width, height: height) }
    add(
      pixelDetections: detections.map { detection in
        var detection = detection
        detection.box = scaled(detection.box)
        return detection
      },
      objects: objects.map { object in
        var object = object
        object.box = scaled(object.box)
        return object
      })
  }

  /// Adds an image whose boxes are in pixels, as result files and annotations give them.
  public mutating func add(pixelDetections detections: [Detection], objects: [GroundTruthObject]) {
    voc.add(detections: detections, objects: objects)
    coco.add(
      detections: detections.map { detection in
        COCOEvaluator.DetectedObject(
          classIndex: detection.classIndex, score: Double(detection.score),
          box: PixelBox(detection.box))
      },
      objects: objects.map { object in
        COCOEvaluator.AnnotatedObject(
          classIndex: object.classIndex, box: PixelBox(object.box),
          treatment: object.isDifficult ? .ignored : .counted)
      })
  }

  /// The curves and counts of each class, in the order of the list.
  public func results() -> [AveragePrecisionEvaluator.ClassResult] { voc.results() }

  /// COCO's average precision of each class in the order of the list, nil without objects.
  public func cocoAveragePrecisions() -> [Double?] { coco.averagePrecisions() }

  /// The figures over all images added.
  public func report() -> EvaluationReport {
    EvaluationReport(voc.results(), coco: coco.figures())
  }
}
