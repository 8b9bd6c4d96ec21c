import Evaluation
import Foundation
import Images
import MultiBox
import Report

/// Contents of reports, made up.
enum ReportFixture {
  /// Images with a right detection, a badly placed one, a confused one, a false one and a missed object.
  static func contents(labels: [String] = ["cat", "dog"], imageCount: Int = 4) -> ReportContents {
    let classes = ClassList(labels)
    let images = (0..<imageCount).map { number in
      let first = number % labels.count + 1
      let second = (number + 1) % labels.count + 1
      func detection(_ x: Float, _ classIndex: Int, _ score: Float) -> Detection {
        Detection(
          box: box(x), classIndex: classIndex, label: classes.label(at: classIndex), score: score)
      }
      return ScoredImage(
        id: "image-\(number)", width: 400, height: 60,
        detections: [
          detection(2, first, 0.9), detection(85, first, 0.8), detection(201, second, 0.7),
          detection(350, second, 0.6),
        ],
        objects: [
          GroundTruthObject(box: box(0), classIndex: first),
          GroundTruthObject(box: box(100), classIndex: first),
          GroundTruthObject(box: box(200), classIndex: first),
          GroundTruthObject(box: box(280), classIndex: second),
          GroundTruthObject(box: box(310), classIndex: first, isDifficult: true),
        ])
    }
    return contents(classes, images)
  }

  static func contents(_ classes: ClassList, _ images: [ScoredImage]) -> ReportContents {
    let picture = try? EncodedImage(
      data: Image(width: 400, height: 60, fill: (90, 120, 90)).jpegData())
    return ReportContents(
      title: "ssd300-tiny on shapes/test", facts: ["model best.safetensors"], classes: classes,
      images: images, picture: { _ in picture },
      environment: SettingsGroup(title: "Environment", entries: [.init("cores", "2")]),
      generator: "ssd 0")
  }

  private static func box(_ x: Float) -> BoundingBox {
    BoundingBox(xMin: x, yMin: 10, xMax: x + 30, yMax: 40)
  }
}
