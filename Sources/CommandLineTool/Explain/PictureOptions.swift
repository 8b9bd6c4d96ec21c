import ArgumentParser
import Explain
import Foundation
import Images

/// Where a picture goes.
struct PictureOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: "The picture to write: PNG, JPEG, WebP or SVG, told by the name's extension.")
  var output: String

  @Option(help: "Width of the picture in pixels.")
  var width = Figure.defaultPixelWidth

  mutating func validate() throws {
    try PictureName.check(output)
    try OutputPlace.check(output)
    guard Figure.pixelWidths.contains(width) else {
      throw ValidationError(
        "--width must be \(Figure.pixelWidths.lowerBound) to \(Figure.pixelWidths.upperBound)")
    }
  }

  /// Draws the picture and says where it is.
  func write(_ explanation: some Explanation) throws {
    let canvas = try explanation.figure(pixelWidth: width).canvas
    try canvas.write(to: URL(filePath: output))
    print("\(output): \(canvas.width) x \(canvas.height) pixels")
  }
}
