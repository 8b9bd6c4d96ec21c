import ArgumentParser
import Datasets
import Explain
import Foundation
import Images
import MultiBox

/// The picture that something is explained on.
struct SceneOptions: ParsableArguments {
  @Option(
    help: """
      The image (default: painted shapes). In a Pascal VOC folder its annotation is found by itself.
      """)
  var image: String?

  @Option(help: "Pascal VOC file with the image's objects.")
  var annotation: String?

  @Option(
    help: ArgumentHelp(
      "An object, in pixels or fractions of the image; may be repeated.",
      valueName: "label:xmin,ymin,xmax,ymax"))
  var box: [BoxArgument] = []

  @Option(help: "Number of the painted scene, where no image is given.")
  var scene = 3

  mutating func validate() throws {
    guard annotation == nil || box.isEmpty else {
      throw ValidationError("--annotation and --box exclude each other")
    }
    guard annotation == nil || image != nil else {
      throw ValidationError("--annotation belongs to an --image")
    }
    guard scene >= 0 else { throw ValidationError("--scene must be at least 0") }
  }

  /// The picture and its objects, with the classes that were found in it.
  func loaded() throws -> ExplainedScene {
    guard let image else {
      var scene = ExplainedScene.synthetic(scene)
      if !box.isEmpty { scene = try Self.scene(scene.image, labeled: boxes(on: scene.image)) }
      return scene
    }
    let file = URL(filePath: image)
    let picture = try Image(contentsOf: file)
    if !box.isEmpty { return try Self.scene(picture, labeled: boxes(on: picture)) }
    guard let annotation = annotation.map({ URL(filePath: $0) }) ?? Self.annotation(beside: file)
    else { return ExplainedScene(image: picture, objects: [], classes: .voc) }
    let objects = try VOCAnnotation(contentsOf: annotation).objects
    let annotated = AnnotatedImage(
      id: file.deletingPathExtension().lastPathComponent, file: file, annotationFile: annotation,
      width: picture.width, height: picture.height, convention: .fromOne,
      objects: objects.filter { !$0.box.isDegenerate })
    let classes = ClassList.discovered(in: [annotated])
    return ExplainedScene(
      image: picture, objects: try annotated.groundTruth(classes: classes), classes: classes)
  }

  /// The picture and its objects, with the classes of a model.
  ///
  /// - Throws: ``ExplanationError`` for an object of a class that the model does not know, unless it was
  ///   nobody's wish: an annotation that lay beside the picture.
  func loaded(for classes: ClassList) throws -> ExplainedScene {
    var scene = try loaded()
    scene.objects = try scene.objects.compactMap { object in
      var object = object
      let label = scene.classes.label(at: object.classIndex)
      guard let known = classes.index(of: label) else {
        guard image != nil, annotation == nil, box.isEmpty else {
          throw ExplanationError.unknownClass(label, known: classes.labels)
        }
        printError("note: the model knows no `\(label)`, which is left out")
        return nil
      }
      object.classIndex = known
      return object
    }
    scene.classes = classes
    return scene
  }

  private func boxes(on image: Image) throws -> [(label: String, box: BoundingBox)] {
    try box.map { argument in
      let box = argument.box(on: image)
      guard !box.isDegenerate else {
        throw CommandError("--box \(argument.text): the box has no area")
      }
      guard box.iou(with: BoundingBox(xMin: 0, yMin: 0, xMax: 1, yMax: 1)) > 0 else {
        throw CommandError(
          "--box \(argument.text): the box lies outside the image, \(image.width) x \(image.height)"
        )
      }
      return (argument.label, box)
    }
  }

  private static func scene(
    _ image: Image, labeled boxes: [(label: String, box: BoundingBox)]
  ) throws -> ExplainedScene {
    let labels = Set(boxes.map(\.label))
    let isVOC = labels.allSatisfy { ClassList.voc.index(of: $0) != nil }
    let classes = isVOC ? ClassList.voc : try ClassList(validating: labels.sorted())
    return ExplainedScene(
      image: image,
      objects: boxes.map { label, box in
        GroundTruthObject(box: box, classIndex: classes.index(of: label) ?? 1)
      }, classes: classes)
  }

  /// `Annotations/x.xml` for `JPEGImages/x.jpg`, if it is there.
  private static func annotation(beside file: URL) -> URL? {
    let name = file.deletingPathExtension().lastPathComponent + ".xml"
    let url = file.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Annotations").appending(path: name)
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}

/// A box as one writes it on a command line: `dog:48,240,195,371`, the label being optional.
struct BoxArgument: ExpressibleByArgument {
  let text: String
  let label: String
  private let numbers: [Float]

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard let last = parts.last, parts.count <= 2 else { return nil }
    let numbers = last.split(separator: ",").map { Float($0) }
    guard numbers.count == 4, numbers.allSatisfy({ $0?.isFinite == true }) else { return nil }
    let label = parts.count == 2 ? String(parts[0]) : "object"
    guard !label.isEmpty, label != "background" else { return nil }
    text = argument
    self.label = label
    self.numbers = numbers.compactMap { $0 }
  }

  /// The box in fractions. Numbers that do not exceed 1 are fractions already, others pixels.
  func box(on image: Image) -> BoundingBox {
    let box = BoundingBox(
      xMin: numbers[0], yMin: numbers[1], xMax: numbers[2], yMax: numbers[3])
    return numbers.allSatisfy { $0 <= 1 }
      ? box : box.scaled(x: 1 / Float(image.width), y: 1 / Float(image.height))
  }
}
