import Datasets
import Foundation
import Images
import MultiBox
import Testing

@Suite("Rendering augmented pictures")
struct PictureRendererTests {
  static let mean: (red: UInt8, green: UInt8, blue: UInt8) = (124, 116, 104)

  static func rendered(_ image: Image, _ parameters: AugmentationParameters, size: Int) -> Image {
    var output = [UInt8](repeating: 0, count: size * size * 3)
    let renderer = PictureRenderer(size: size, meanPixel: mean)
    output.withUnsafeMutableBufferPointer { renderer.render(image, parameters, into: $0) }
    return Image(width: size, height: size, pixels: output)
  }

  static func largestDifference(_ a: Image, _ b: Image) -> Int {
    zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  /// `Image.resized` equals Pillow's bilinear filter; the two roundings there allow 1 here.
  @Test(
    "a cut-out part is resampled as Pillow resamples it",
    arguments: [
      PixelRegion(left: 0, top: 0, width: 61, height: 47),
      PixelRegion(left: 5, top: 7, width: 20, height: 16),
      PixelRegion(left: 40, top: 30, width: 21, height: 17),
      PixelRegion(left: 0, top: 46, width: 61, height: 1),
      PixelRegion(left: 3, top: 0, width: 5, height: 44),
    ], [4, 13, 24, 64])
  func resampling(window: PixelRegion, size: Int) {
    let image = Image.pattern(width: 61, height: 47)
    var parameters = AugmentationParameters(width: 61, height: 47)
    parameters.window = window
    let expected = image.cropped(
      left: window.left, top: window.top, width: window.width, height: window.height
    ).resized(width: size, height: size)
    let result = Self.rendered(image, parameters, size: size)
    #expect(Self.largestDifference(result, expected) <= 1)

    parameters.isMirrored = true
    let mirrored = Self.rendered(image, parameters, size: size)
    for y in 0..<size {
      #expect((0..<size).allSatisfy { mirrored[$0, y] == result[size - 1 - $0, y] })
    }
    parameters.isMirrored = false
    parameters.isFlippedVertically = true
    let flipped = Self.rendered(image, parameters, size: size)
    for y in 0..<size { #expect(flipped[2, y] == result[2, size - 1 - y]) }
  }

  /// The tutorial's way: a canvas of the mean pixel, the picture laid on it, then resized.
  @Test("around a zoomed-out picture the mean pixel shows", arguments: [0, 3, 11])
  func canvas(left: Int) {
    let image = Image.pattern(width: 20, height: 16)
    let canvas = Image(width: 50, height: 40) { x, y in
      (left..<left + 20).contains(x) && (9..<25).contains(y) ? image[x - left, y - 9] : Self.mean
    }
    var parameters = AugmentationParameters(width: 20, height: 16)
    parameters.window = PixelRegion(left: -left, top: -9, width: 50, height: 40)
    for size in [12, 30, 77] {
      let result = Self.rendered(image, parameters, size: size)
      let expected = canvas.resized(width: size, height: size)
      #expect(Self.largestDifference(result, expected) <= 1)
    }
    parameters.distortions = [.brightness(0)]
    let dark = Self.rendered(image, parameters, size: 50)
    #expect(dark[49, 49] == Self.mean)
    #expect(dark[left + 10, 20] == (0, 0, 0))
  }

  @Test("a window beside the picture shows nothing but the mean pixel")
  func beside() {
    var parameters = AugmentationParameters(width: 20, height: 16)
    parameters.window = PixelRegion(left: 30, top: 0, width: 10, height: 10)
    parameters.distortions = [.contrast(1.5), .hue(0.1)]
    let result = Self.rendered(.pattern(width: 20, height: 16), parameters, size: 8)
    #expect(result == Image(width: 8, height: 8, fill: Self.mean))
  }

  @Test("the transformed box lies around the object's pixels", arguments: 0..<100)
  func geometry(seed: Int) {
    // One red rectangle on blue, its box as VOC would give it, counted from 0.
    let (left, top, width, height) = (60, 50, 90, 70)
    let image = Image(width: 240, height: 180) { x, y in
      (left..<left + width).contains(x) && (top..<top + height).contains(y)
        ? (255, 0, 0) : (0, 0, 255)
    }
    let box = BoundingBox(
      xMin: Float(left), yMin: Float(top), xMax: Float(left + width - 1),
      yMax: Float(top + height - 1))
    var configuration = AugmentationConfiguration.standard
    configuration.distortionProbability = 0
    configuration.verticalFlipProbability = 0.5
    var generator = SeededGenerator(seed: UInt64(seed))
    let parameters = AugmentationParameters.drawn(
      configuration, width: 240, height: 180, boxes: [box], using: &generator)
    let size = 120
    let result = Self.rendered(image, parameters, size: size)
    var (xMin, yMin, xMax, yMax) = (size, size, -1, -1)
    for y in 0..<size {
      for x in 0..<size {
        let pixel = result[x, y]
        guard pixel.red > 190, pixel.blue < 64 else { continue }
        (xMin, xMax) = (min(xMin, x), max(xMax, x))
        (yMin, yMax) = (min(yMin, y), max(yMax, y))
      }
    }
    guard let transformed = parameters.transformed(box, convention: .fromZero) else {
      Issue.record("the only object has to be kept")
      return
    }
    // The last pixel's own extent is not part of a VOC box; the rest is half a target pixel.
    let tolerance: (Float, Float) = (
      Float(size) / Float(parameters.window.width) + 1,
      Float(size) / Float(parameters.window.height) + 1
    )
    let pixels = transformed.scaled(x: Float(size), y: Float(size))
    #expect(abs(pixels.xMin - Float(xMin)) <= tolerance.0)
    #expect(abs(pixels.xMax - Float(xMax + 1)) <= tolerance.0)
    #expect(abs(pixels.yMin - Float(yMin)) <= tolerance.1)
    #expect(abs(pixels.yMax - Float(yMax + 1)) <= tolerance.1)
  }

  @Test("boxes whose centre is cut off are dropped, the others are cut at the edge")
  func centreRule() {
    var parameters = AugmentationParameters(width: 100, height: 100)
    parameters.window = PixelRegion(left: 20, top: 0, width: 50, height: 100)
    parameters.cropMinimumOverlap = 0
    func transformed(_ xMin: Float, _ xMax: Float) -> BoundingBox? {
      parameters.transformed(
        BoundingBox(xMin: xMin, yMin: 10, xMax: xMax, yMax: 20), convention: .edges)
    }
    #expect(transformed(0, 40) == nil)
    #expect(transformed(0, 41) == BoundingBox(xMin: 0, yMin: 0.1, xMax: 0.42, yMax: 0.2))
    #expect(transformed(50, 89) == BoundingBox(xMin: 0.6, yMin: 0.1, xMax: 1, yMax: 0.2))
    #expect(transformed(50, 90) == nil)
  }

  @Test("a compressed picture gives what the decoded one gives, reduced or not")
  func compressed() throws {
    let photo = Image(width: 640, height: 480) { x, y in
      let wave = 90 * sin(Double(x) / 23) * cos(Double(y) / 31)
      return (UInt8(120 + wave), UInt8(60 + x / 5), UInt8(200 - y / 4))
    }
    let encoded = try EncodedImage(data: photo.jpegData(quality: 95))
    let decoded = try Image(encoded)
    let renderer = PictureRenderer(size: 60, meanPixel: Self.mean)
    for (window, tolerance) in [
      (PixelRegion(left: 100, top: 80, width: 50, height: 44), 1),
      (PixelRegion(left: -900, top: -300, width: 2000, height: 1500), 4),
      (PixelRegion(left: 0, top: 0, width: 640, height: 480), 4),
    ] {
      var parameters = AugmentationParameters(width: 640, height: 480)
      parameters.window = window
      parameters.isMirrored = true
      let expected = Self.rendered(decoded, parameters, size: 60)
      var output = [UInt8](repeating: 0, count: 60 * 60 * 3)
      try output.withUnsafeMutableBufferPointer {
        try renderer.render(encoded, parameters, into: $0)
      }
      let result = Image(width: 60, height: 60, pixels: output)
      #expect(Self.largestDifference(result, expected) <= tolerance)
    }
  }
}
