import Foundation
import MultiBox

/// What was found in one image, or in one frame of a film, as it is printed and written.
struct ImageDetections: Encodable {
  let file: String
  /// The frame's number, from 0; nil of an image.
  let frame: Int?
  /// When the frame is shown, in seconds; nil of an image.
  let time: Double?
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

  init(
    file: String, frame: Int? = nil, time: Double? = nil, width: Int, height: Int,
    _ detections: [Detection]
  ) {
    self.file = file
    self.frame = frame
    self.time = time
    self.width = width
    self.height = height
    self.detections = detections.map { detection in
      func coordinates(_ box: BoundingBox) -> [Float] { [box.xMin, box.yMin, box.xMax, box.yMax] }
      return Entry(
        label: detection.label, score: detection.score,
        box: coordinates(detection.box.pixels(width: width, height: height)),
        fraction: coordinates(detection.box))
    }
  }
}

extension ImageDetections: CustomStringConvertible {
  var description: String {
    let place = time.map { file + String(format: " at %.2f s", $0) } ?? file
    guard !detections.isEmpty else { return "\(place): nothing found" }
    return detections.map { entry in
      let box = entry.box.map { String(Int($0.rounded())) }.joined(separator: " ")
      return "\(place): \(entry.label) \(String(format: "%.3f", entry.score)) at \(box)"
    }.joined(separator: "\n")
  }
}
