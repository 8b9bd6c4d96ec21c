import Datasets
import Images
import Testing

/// Compared with Pillow 13.0: `ImageEnhance.Brightness`, `Contrast` and `Color`, and for the hue
/// torchvision's way, whole steps added to the hue channel of `convert("HSV")`.
@Suite("Photometric distortions")
struct PhotometricDistortionTests {
  static let colors: [[UInt8]] = [
    [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [12, 200, 90], [250, 120, 30],
    [33, 44, 55], [128, 128, 128], [0, 0, 0], [255, 255, 255], [190, 60, 170], [90, 10, 240],
    [240, 230, 140], [70, 130, 180], [5, 250, 245], [160, 82, 45],
  ]

  static func distorted(_ distortions: [PhotometricDistortion]) -> [[UInt8]] {
    var parameters = AugmentationParameters(width: 4, height: 4)
    parameters.distortions = distortions
    let image = Image(width: 4, height: 4, pixels: colors.flatMap { $0 })
    let result = PictureRendererTests.rendered(image, parameters, size: 4).pixels
    return (0..<16).map { Array(result[3 * $0..<3 * $0 + 3]) }
  }

  static func largestDifference(_ a: [[UInt8]], _ b: [[UInt8]]) -> Int {
    zip(a.joined(), b.joined()).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  /// Pillow cuts fractions off after every step and rounds the mean grey: up to 1 a step.
  @Test("brightness, contrast and saturation are Pillow's", arguments: Golden.pillow)
  func pillow(golden: Golden) {
    #expect(
      Self.largestDifference(Self.distorted(golden.distortions), golden.colors)
        <= golden.distortions.count)
  }

  /// Pillow's hue has 256 steps over six ramps, so a ramp of 255 levels moves 6 levels a step.
  @Test("the hue rotates as in HSV", arguments: Golden.rotated)
  func hue(golden: Golden) {
    #expect(Self.largestDifference(Self.distorted(golden.distortions), golden.colors) <= 6)
  }

  @Test("a third of a turn moves red to green to blue, a full turn changes nothing")
  func turns() {
    let third = Self.distorted([.hue(1.0 / 3)])
    #expect(Self.largestDifference(third, Self.colors.map { [$0[2], $0[0], $0[1]] }) <= 1)
    let back = Self.distorted([.hue(-1.0 / 3)])
    #expect(Self.largestDifference(back, Self.colors.map { [$0[1], $0[2], $0[0]] }) <= 1)
    #expect(Self.largestDifference(Self.distorted([.hue(0)]), Self.colors) == 0)
  }

  @Test("no saturation leaves grey, no contrast one grey, factors of 1 nothing to see")
  func limits() {
    #expect(Self.distorted([.saturation(0)]).allSatisfy { $0[0] == $0[1] && $0[1] == $0[2] })
    #expect(Set(Self.distorted([.contrast(0)])).count == 1)
    #expect(
      Self.distorted([.brightness(1), .contrast(1), .saturation(1)]) == Self.colors)
  }

  struct Golden: Sendable {
    var distortions: [PhotometricDistortion]
    var colors: [[UInt8]]
  }
}
