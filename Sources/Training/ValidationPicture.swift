import Foundation
import Images
import MultiBox

/// A validation image with what is there and what was found.
struct ValidationPicture {
  /// Neither side is longer, in pixels.
  private static let longestSide = 480
  /// Less sure detections would hide the others.
  private static let minimumScore: Float = 0.3
  private static let truth = Color(hex: 0xF0A30A)
  private static let prediction = Color(hex: 0x0C9A86)

  let example: ValidationScores.Example

  /// - Throws: `ImageError` when the file cannot be read.
  func drawn() throws -> Image {
    let whole = try Image(
      contentsOf: example.file, minimumSize: (Self.longestSide, Self.longestSide))
    let factor = min(1, Double(Self.longestSide) / Double(max(whole.width, whole.height)))
    let image = whole.resized(
      width: max(1, Int(Double(whole.width) * factor)),
      height: max(1, Int(Double(whole.height) * factor)))
    let scale = (
      x: Double(image.width) / Double(example.image.width),
      y: Double(image.height) / Double(example.image.height)
    )
    func box(_ box: BoundingBox, _ text: String, _ color: Color) -> LabeledBox {
      LabeledBox(
        rectangle: Rectangle(
          x: Double(box.xMin) * scale.x, y: Double(box.yMin) * scale.y,
          width: Double(box.width) * scale.x, height: Double(box.height) * scale.y),
        text: text, color: color)
    }
    let objects = example.image.objects.map { box($0.box, "", Self.truth) }
    let found = example.image.detections.filter { $0.score >= Self.minimumScore }
      .sorted { $0.score < $1.score }
      .map { box($0.box, "\($0.label) \(String(format: "%.2f", $0.score))", Self.prediction) }
    return try BoxPainter().paint(objects + found, on: image)
  }
}
