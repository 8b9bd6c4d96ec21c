import Foundation
import Images
import MultiBox

/// What was found in one image, as it is printed and written.
struct ImageDetections: Encodable {
  let file: String
  let width: Int
  let height: Int
  let detections: [Entry]

  struct Entry: Encodable {
    let label: String
    let score: Float
    /// xmin, ymin, xmax, ymax in pixels.
    let box: [Float]
    /// The same in fractions of the image.
    let fraction: [Float]
  }

  init(file: String, image: Image, _ detections: [Detection]) {
    self.file = file
    (width, height) = (image.width, image.height)
    self.detections = detections.map { detection in
      func coordinates(_ box: BoundingBox) -> [Float] { [box.xMin, box.yMin, box.xMax, box.yMax] }
      return Entry(
        label: detection.label, score: detection.score,
        box: coordinates(detection.box.scaled(x: Float(image.width), y: Float(image.height))),
        fraction: coordinates(detection.box))
    }
  }
}

extension ImageDetections: CustomStringConvertible {
  var description: String {
    guard !detections.isEmpty else { return "\(file): nothing found" }
    return detections.map { entry in
      let box = entry.box.map { String(Int($0.rounded())) }.joined(separator: " ")
      return "\(file): \(entry.label) \(String(format: "%.3f", entry.score)) at \(box)"
    }.joined(separator: "\n")
  }
}
