// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Foundation
import Images
import Inference
import MultiBox
import SSD

extension Chapter {
  static func detecting(_ print: (Any...) -> Void) throws {
    let detector = try Detector(
      contentsOf: URL(filePath: "Docs/Models/shapes.safetensors"),
      precision: .float32)
    let image = try Image(contentsOf: URL(filePath: "Docs/Models/scene.jpg"))
    let found = try detector.detect(
      in: image, minimumScore: 0.45, iouThreshold: 0.5, limit: 200)
    print(found.map(\.label))  // ["square", "square", "circle"]

    let network = try SSDNetwork(
      contentsOf: URL(filePath: "Docs/Models/shapes.safetensors"))
    let size = network.configuration.imageSize
    let pixels = image.resized(width: size, height: size).pixels
    print(image.width, image.height, pixels.count)  // 364 348 270000

    let predictions = TorchPredictor(network).predict(pixels, imageCount: 1)
    print(predictions.offsets.count, predictions.logits.count)  // 34928 61124

    let decoder = PredictionDecoder(network.configuration)
    let settings = DetectionSettings(minimumScore: 0.45, iouThreshold: 0.5)
    let detections = decoder.detections(predictions, settings: settings)[0]
    print(detections.map(\.label) == found.map(\.label))  // true

    for detection in found {
      let box = detection.box.pixels(width: image.width, height: image.height)
      print(
        detection.label, Int(box.xMin), Int(box.yMin), Int(box.xMax),
        Int(box.yMax))
    }

    let labeled = found.map { detection in
      LabeledBox(
        rectangle: Rectangle(
          detection.box.pixels(width: image.width, height: image.height)),
        text: "\(detection.label) \(String(format: "%.2f", detection.score))",
        color: .distinct(detection.classIndex - 1, of: 6))
    }
    let picture = try BoxPainter().paint(labeled, on: image)
    print(picture.width, picture.height)  // 364 348

    for minimum: Float in [0.2, 0.45, 0.57, 0.8] {
      print(
        minimum, try detector.detect(in: image, minimumScore: minimum).count)
    }
  }
}
