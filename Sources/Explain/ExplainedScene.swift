import Datasets
import Foundation
import Images
import MultiBox

/// A picture with the objects that things are explained on.
public struct ExplainedScene: Sendable {
  /// The picture.
  public var image: Image
  /// Its objects, with boxes in fractions of it.
  public var objects: [GroundTruthObject]
  /// What the objects' class indices stand for.
  public var classes: ClassList

  /// A picture with its objects.
  public init(image: Image, objects: [GroundTruthObject], classes: ClassList) {
    self.image = image
    self.objects = objects
    self.classes = classes
  }

  /// A picture of ``/Datasets/SyntheticShapes``, the objects' edges being those of their pixels.
  ///
  /// - Parameter number: of the scene; the same number gives the same picture.
  public static func synthetic(_ number: Int) -> ExplainedScene {
    let shapes = SyntheticShapes(.simple, seed: 5)
    let scene = shapes.scene(at: number)
    let annotated = AnnotatedImage(
      id: "scene", file: URL(filePath: "/"), annotationFile: URL(filePath: "/"),
      width: scene.image.width, height: scene.image.height, convention: .fromOne,
      objects: scene.objects)
    // The labels are those of the list.
    let objects = (try? annotated.groundTruth(classes: shapes.classes)) ?? []
    return ExplainedScene(image: scene.image, objects: objects, classes: shapes.classes)
  }

  /// The label of an object.
  func label(_ object: GroundTruthObject) -> String { classes.label(at: object.classIndex) }

  /// The object of the greatest area, or nil where there is none.
  public var largest: GroundTruthObject? { objects.max { $0.box.area < $1.box.area } }
}
