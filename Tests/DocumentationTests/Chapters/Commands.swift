// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Foundation
import Images
import Inference

extension Chapter {
  static func commands(_ print: (Any...) -> Void) throws {
    let detector = try Detector(
      contentsOf: URL(filePath: "Docs/Models/shapes.safetensors"))
    let image = try Image(contentsOf: URL(filePath: "Docs/Models/scene.jpg"))
    for detection in try detector.detect(in: image, minimumScore: 0.45) {
      print(detection.label)
    }
  }
}
