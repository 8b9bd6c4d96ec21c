import Foundation
import Images
import Inference
import MultiBox

/// Detects in the bytes of an image in memory: `swift run Detect [MODEL IMAGE]`.
@main struct Detect {
  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.isEmpty || arguments.count == 2 else {
      return fail("usage: Detect [MODEL IMAGE]")
    }
    let models = "../../Docs/Models/"
    do {
      try await detect(
        in: Data(contentsOf: URL(filePath: arguments.last ?? models + "scene.jpg")),
        model: URL(filePath: arguments.first ?? models + "shapes.safetensors"))
    } catch {
      fail("\(error)")
    }
  }

  /// Prints label, score and box in pixels of each object. The bytes may as well come from a request
  /// or a camera.
  private static func detect(in bytes: Data, model: URL) async throws {
    let detector = try Detector(contentsOf: model)
    let image = try EncodedImage(data: bytes)
    // Computes on threads of the detector's own; the task that waits blocks none.
    let detections = try await detector.detect(
      in: image, minimumScore: 0.4, iouThreshold: 0.5, nmsAcrossClasses: true)
    for detection in detections {
      let box = detection.box.pixels(width: image.width, height: image.height)
      let edges = [box.xMin, box.yMin, box.xMax, box.yMax].map { Int($0.rounded()) }
      print(detection.label, String(format: "%.2f", detection.score), edges)
    }
  }

  private static func fail(_ message: String) {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(1)
  }
}
