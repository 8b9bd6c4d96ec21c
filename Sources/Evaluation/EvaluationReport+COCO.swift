import MultiBox

extension EvaluationReport {
  /// Scores results against annotations, both from COCO's files.
  ///
  /// The classes are the categories in the file's order. Crowds count as difficult in VOC's
  /// figures.
  /// - Throws: ``COCOMismatch`` when an entry names an image or a category that is not there;
  ///   `ClassListError` when two categories have one name.
  public init(_ results: [COCOResult], against instances: COCOInstances) throws {
    let classes = try ClassList(validating: instances.categories.map(\.name))
    let classIndices = Dictionary(
      zip(instances.categories.map(\.id), 1...), uniquingKeysWith: { first, _ in first })
    func classIndex(_ category: Int, _ entry: @autoclosure () -> String) throws -> Int {
      guard let index = classIndices[category] else {
        throw COCOMismatch.unknownCategory(category, entry: entry())
      }
      return index
    }
    let images = Set(instances.images.map(\.id))
    func check(_ image: Int, _ entry: @autoclosure () -> String) throws {
      guard images.contains(image) else { throw COCOMismatch.unknownImage(image, entry: entry()) }
    }

    var objects: [Int: [COCOEvaluator.AnnotatedObject]] = [:]
    for annotation in instances.annotations {
      try check(annotation.imageID, "the annotation \(annotation.id)")
      objects[annotation.imageID, default: []].append(
        COCOEvaluator.AnnotatedObject(
          classIndex: try classIndex(annotation.categoryID, "the annotation \(annotation.id)"),
          box: annotation.box, area: annotation.area,
          treatment: annotation.isCrowd ? .crowd : .counted))
    }
    var detections: [Int: [COCOEvaluator.DetectedObject]] = [:]
    for (position, result) in results.enumerated() {
      try check(result.imageID, "the result [\(position)]")
      detections[result.imageID, default: []].append(
        COCOEvaluator.DetectedObject(
          classIndex: try classIndex(result.categoryID, "the result [\(position)]"),
          score: result.score, box: result.box))
    }

    var coco = COCOEvaluator(classes: classes)
    var voc = AveragePrecisionEvaluator(classes: classes)
    for image in images.sorted() {
      let found = detections[image] ?? []
      let present = objects[image] ?? []
      coco.add(detections: found, objects: present)
      voc.add(
        detections: found.map {
          Detection(
            box: $0.box.boundary, classIndex: $0.classIndex,
            label: classes.label(at: $0.classIndex), score: Float($0.score))
        },
        objects: present.map {
          GroundTruthObject(
            box: $0.box.boundary, classIndex: $0.classIndex, isDifficult: $0.treatment != .counted)
        })
    }
    self.init(voc.results(), coco: coco.figures())
  }
}

/// Results and annotations that do not belong together.
public enum COCOMismatch: Error, CustomStringConvertible {
  case unknownImage(Int, entry: String)
  case unknownCategory(Int, entry: String)

  /// Which entry names what, in words.
  public var description: String {
    switch self {
    case .unknownImage(let id, let entry):
      "\(entry) names the image \(id), which the annotations do not hold"
    case .unknownCategory(let id, let entry):
      "\(entry) names the category \(id), which the annotations do not hold"
    }
  }
}
