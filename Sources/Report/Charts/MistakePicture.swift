import Evaluation
import Foundation
import Images
import MultiBox

/// The picture of a mistake: a thumbnail of the image, or of the part around a small object, with boxes
/// over it.
struct MistakePicture {
  /// Neither side of a thumbnail is longer, in pixels.
  private static let longestSide = 440
  private static let quality = 72
  /// A box whose longer side is less than this share of the image's is shown with its surroundings only.
  private static let smallShare = 0.22

  let mistake: Mistake
  let image: ScoredImage

  /// What came out: the drawing, and whether it shows only a part.
  struct Result {
    let svg: String
    let isDetail: Bool
  }

  /// - Parameter description: what somebody hears who cannot see it.
  /// - Returns: nil when the picture is damaged.
  func drawn(on encoded: EncodedImage, description: String) -> Result? {
    let scale = (
      x: Double(encoded.width) / Double(image.width),
      y: Double(encoded.height) / Double(image.height)
    )
    let region = region(in: encoded, scale)
    guard
      let thumbnail = try? thumbnail(of: encoded, region),
      let jpeg = try? thumbnail.jpegData(quality: Self.quality)
    else { return nil }
    let zoom = Double(thumbnail.width) / Double(region.width)
    func outline(_ box: BoundingBox, _ style: String) -> String {
      let x = (Double(box.xMin) * scale.x - Double(region.left)) * zoom
      let y = (Double(box.yMin) * scale.y - Double(region.top)) * zoom
      let position =
        "x=\"\(Figures.coordinate(x))\" y=\"\(Figures.coordinate(y))\" "
        + "width=\"\(Figures.coordinate(Double(box.width) * scale.x * zoom))\" "
        + "height=\"\(Figures.coordinate(Double(box.height) * scale.y * zoom))\""
      let seam = style.hasSuffix("other") ? "seam thin" : "seam"
      return "<rect class=\"\(seam)\" \(position)/><rect class=\"\(style)\" \(position)/>"
    }
    let others = image.objects.filter { $0 != mistake.object }.map {
      outline($0.box, "truth other")
    }
    let own = mistake.object.map { outline($0.box, "truth") } ?? ""
    let found = mistake.detection.map { outline($0.box, "found") } ?? ""
    let size = "width=\"\(thumbnail.width)\" height=\"\(thumbnail.height)\""
    let svg =
      "<svg class=\"photo\" viewBox=\"0 0 \(thumbnail.width) \(thumbnail.height)\" role=\"img\" "
      + "aria-label=\"\(MarkupText.escaped(description))\">"
      + "<image \(size) href=\"data:image/jpeg;base64,\(jpeg.base64EncodedString())\"/>"
      + others.joined() + own + found + "</svg>"
    return Result(
      svg: svg, isDetail: region.width < encoded.width || region.height < encoded.height)
  }

  private func thumbnail(of encoded: EncodedImage, _ region: PixelRegion) throws -> Image {
    let part = try Image(encoded, region: region)
    let factor = min(1, Double(Self.longestSide) / Double(max(part.width, part.height)))
    return part.resized(
      width: max(1, Int((Double(part.width) * factor).rounded())),
      height: max(1, Int((Double(part.height) * factor).rounded())))
  }

  /// The whole image, or a part of its shape around small boxes.
  private func region(in encoded: EncodedImage, _ scale: (x: Double, y: Double)) -> PixelRegion {
    let whole = PixelRegion(left: 0, top: 0, width: encoded.width, height: encoded.height)
    let boxes = [mistake.detection?.box, mistake.object?.box].compactMap { $0 }
    guard let first = boxes.first else { return whole }
    let union = boxes.dropFirst().reduce(first) { union, box in
      BoundingBox(
        xMin: min(union.xMin, box.xMin), yMin: min(union.yMin, box.yMin),
        xMax: max(union.xMax, box.xMax), yMax: max(union.yMax, box.yMax))
    }
    let share = max(
      Double(union.width) / Double(image.width), Double(union.height) / Double(image.height))
    guard share > 0, share < Self.smallShare else { return whole }
    let part = max(share / Self.smallShare, 0.25)
    let width = max(1, Int(Double(encoded.width) * part))
    let height = max(1, Int(Double(encoded.height) * part))
    func start(_ center: Float, _ scale: Double, _ length: Int, of whole: Int) -> Int {
      min(max(Int(Double(center) * scale) - length / 2, 0), whole - length)
    }
    return PixelRegion(
      left: start(union.centerX, scale.x, width, of: encoded.width),
      top: start(union.centerY, scale.y, height, of: encoded.height), width: width, height: height)
  }
}
