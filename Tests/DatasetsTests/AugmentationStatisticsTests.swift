import Datasets
import Foundation
import Images
import MultiBox
import Testing

/// The augmentation's distribution against that of the tutorial's pipeline (Pillow and torchvision), as
/// `Benchmarks/data/distribution.py` has drawn it: thousands of draws on both sides.
///
/// Tolerances are multiples of the standard error of the two means together, so a distribution that is
/// off by a few per cent is found.
@Suite("The augmentation's distribution")
struct AugmentationStatisticsTests {
  struct Golden: Decodable {
    struct Draws: Decodable { let geometry: Int, pixels: Int, hue: Int }
    struct Summary: Decodable { let mean: Double, deviation: Double, deciles: [Double] }
    struct Geometry: Decodable {
      let width: Int, height: Int, boxes: [[Float]]
      let zoomedShare: Double, wholeShare: Double
      let cropWidth: Summary, cropHeight: Summary, cropRatio: Summary
      let keptShare: Summary, objectArea: Summary
    }
    struct Pixels: Decodable {
      let width: Int, height: Int, boxes: [[Float]], size: Int
      let mean: [Double], deviationOfMean: [Double]
      let variance: [Double], deviationOfVariance: [Double]
    }
    struct Hue: Decodable { let color: [UInt8], turn: Summary, turnedShare: Double }
    let draws: Draws
    let geometry: [Geometry]
    let pixels: [Pixels]
    let hue: [Hue]

    static let shared = Result {
      let url = Bundle.module.bundleURL
        .appending(path: "Resources/augmentation_statistics.json")
      return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    }
  }

  /// How many standard errors a mean may be off; a hundred means are compared.
  private static let errors = 4.5

  private func boxes(_ rows: [[Float]]) -> [BoundingBox] {
    rows.map { BoundingBox(xMin: $0[0], yMin: $0[1], xMax: $0[2], yMax: $0[3]) }
  }

  private func expect(
    _ values: [Double], like golden: Golden.Summary, draws: Int, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    let error = golden.deviation * (1 / count + 1 / Double(draws)).squareRoot()
    #expect(
      abs(mean - golden.mean) <= Self.errors * error, "\(name): mean \(mean), not \(golden.mean)",
      sourceLocation: sourceLocation)
    #expect(
      abs(deviation - golden.deviation) <= 0.04 * golden.deviation + 1e-9,
      "\(name): deviation \(deviation), not \(golden.deviation)", sourceLocation: sourceLocation)
    // The share of values up to each decile is a tenth more than up to the one before.
    for (index, decile) in golden.deciles.enumerated() {
      let below = Double(values.count { $0 < decile - 1e-6 }) / count
      let upTo = Double(values.count { $0 <= decile + 1e-6 }) / count
      let share = Double(index + 1) / 10
      let error =
        Self.errors * (share * (1 - share) * (1 / count + 1 / Double(draws))).squareRoot()
      #expect(
        below <= share + error && upTo >= share - error,
        "\(name): \(below) to \(upTo) of the values are at most the decile \(share), \(decile)",
        sourceLocation: sourceLocation)
    }
  }

  private func expectShare(
    _ share: Double, _ golden: Double, draws: Int, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = (golden * (1 - golden) * 2 / Double(draws)).squareRoot()
    #expect(
      abs(share - golden) <= Self.errors * error, "\(name): \(share), not \(golden)",
      sourceLocation: sourceLocation)
  }

  @Test(arguments: 0..<4)
  func ofCropsAndCanvasesIsTheTutorials(layout: Int) throws {
    let golden = try Golden.shared.get()
    let expected = golden.geometry[layout]
    let boxes = boxes(expected.boxes)
    let draws = golden.draws.geometry
    var generator = SeededGenerator(seed: 1, stream: UInt64(layout))
    var widths: [Double] = []
    var heights: [Double] = []
    var ratios: [Double] = []
    var keptShares: [Double] = []
    var areas: [Double] = []
    var zoomed = 0
    for _ in 0..<draws {
      let drawn = AugmentationParameters.drawn(
        .standard, width: expected.width, height: expected.height, boxes: boxes,
        using: &generator)
      if drawn.zoomOut > 1 { zoomed += 1 }
      let canvas = (
        width: Double(Int(drawn.zoomOut * Double(expected.width))),
        height: Double(Int(drawn.zoomOut * Double(expected.height)))
      )
      if drawn.cropMinimumOverlap != nil {
        widths.append(Double(drawn.window.width) / canvas.width)
        heights.append(Double(drawn.window.height) / canvas.height)
        ratios.append(Double(drawn.window.height) / Double(drawn.window.width))
      }
      let kept = boxes.compactMap { drawn.transformed($0, convention: .fromZero) }
      keptShares.append(Double(kept.count) / Double(boxes.count))
      areas.append(kept.reduce(0) { $0 + Double($1.area) } / Double(kept.count))
    }
    expectShare(Double(zoomed) / Double(draws), expected.zoomedShare, draws: draws, "zoomed out")
    expectShare(
      1 - Double(widths.count) / Double(draws), expected.wholeShare, draws: draws, "not cropped")
    let goldenCrops = Int(Double(draws) * (1 - expected.wholeShare))
    expect(widths, like: expected.cropWidth, draws: goldenCrops, "width")
    expect(heights, like: expected.cropHeight, draws: goldenCrops, "height")
    expect(ratios, like: expected.cropRatio, draws: goldenCrops, "aspect ratio")
    expect(keptShares, like: expected.keptShare, draws: draws, "share of boxes kept")
    expect(areas, like: expected.objectArea, draws: draws, "area of the objects")
  }

  /// Red grows to the right, green downwards, blue fades with both.
  private func gradient(width: Int, height: Int) -> Image {
    var image = Image(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let (right, down) = (x * 180 / (width - 1), y * 180 / (height - 1))
        let pixel = 3 * (y * width + x)
        image.pixels[pixel] = UInt8(30 + right)
        image.pixels[pixel + 1] = UInt8(30 + down)
        image.pixels[pixel + 2] = UInt8(220 - (right + down) / 2)
      }
    }
    return image
  }

  /// Ours turns contrast around the mean grey of the part shown, and rounds to bytes once instead of
  /// after every change: hence one grey level, and a tenth of the variance, beside the standard errors.
  @Test(arguments: 0..<2)
  func ofPixelsIsTheTutorials(picture: Int) throws {
    let golden = try Golden.shared.get()
    let expected = golden.pixels[picture]
    let image = gradient(width: expected.width, height: expected.height)
    let boxes = boxes(expected.boxes)
    let renderer = PictureRenderer(
      size: expected.size, meanPixel: PixelNormalization.imageNet.meanPixel)
    let count = expected.size * expected.size
    let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 3 * count)
    defer { output.deallocate() }
    var generator = SeededGenerator(seed: 2, stream: UInt64(picture))
    var means = [Double](repeating: 0, count: 3)
    var variances = [Double](repeating: 0, count: 3)
    let draws = golden.draws.pixels
    for _ in 0..<draws {
      let drawn = AugmentationParameters.drawn(
        .standard, width: image.width, height: image.height, boxes: boxes, using: &generator)
      renderer.render(image, drawn, into: output)
      for channel in 0..<3 {
        var sum = 0
        var squares = 0
        for pixel in 0..<count {
          let value = Int(output[3 * pixel + channel])
          sum += value
          squares += value * value
        }
        let mean = Double(sum) / Double(count)
        means[channel] += mean / Double(draws)
        variances[channel] += (Double(squares) / Double(count) - mean * mean) / Double(draws)
      }
    }
    for channel in 0..<3 {
      let error = Self.errors * (2 / Double(draws)).squareRoot()
      #expect(
        abs(means[channel] - expected.mean[channel])
          <= 1 + error * expected.deviationOfMean[channel],
        "channel \(channel): mean \(means[channel]), not \(expected.mean[channel])")
      #expect(
        abs(variances[channel] - expected.variance[channel])
          <= 0.1 * expected.variance[channel] + error * expected.deviationOfVariance[channel],
        "channel \(channel): variance \(variances[channel]), not \(expected.variance[channel])")
    }
  }

  @Test(arguments: 0..<2)
  func ofHuesIsTheTutorials(color: Int) throws {
    let golden = try Golden.shared.get()
    let expected = golden.hue[color]
    var image = Image(width: 8, height: 8)
    for index in image.pixels.indices { image.pixels[index] = expected.color[index % 3] }
    let before = hue(expected.color.map(Double.init))!
    let renderer = PictureRenderer(size: 8, meanPixel: (0, 0, 0))
    let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 192)
    defer { output.deallocate() }
    var generator = SeededGenerator(seed: 3, stream: UInt64(color))
    var turns: [Double] = []
    let colorsOnly = AugmentationConfiguration(
      zoomOutProbability: 0, crops: false, mirrorProbability: 0)
    for _ in 0..<golden.draws.hue {
      let drawn = AugmentationParameters.drawn(
        colorsOnly, width: 8, height: 8, boxes: [], using: &generator)
      renderer.render(image, drawn, into: output)
      let changed = (0..<3).map { Double(output[3 * 36 + $0]) }
      guard changed.max()! - changed.min()! >= 30, let after = hue(changed) else { continue }
      var turn = after - before
      if turn > 180 { turn -= 360 }
      if turn < -180 { turn += 360 }
      turns.append(turn)
    }
    let draws = golden.draws.hue
    expectShare(
      Double(turns.count { abs($0) > 2 }) / Double(turns.count), expected.turnedShare,
      draws: draws, "turned")
    let mean = turns.reduce(0, +) / Double(turns.count)
    let deviation =
      (turns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(turns.count)).squareRoot()
    // The tutorial's pipeline adds whole 255ths of a turn and cuts the fraction off: of the magnitudes
    // 0 to 18 remain 0, 1 ... 17, whose squares have the mean 99.17 instead of 108.
    let exactDeviation = expected.turn.deviation * (108 / 99.17).squareRoot()
    #expect(
      abs(mean - expected.turn.mean)
        <= 1 + Self.errors * expected.turn.deviation * (2 / Double(draws)).squareRoot())
    #expect(abs(deviation / exactDeviation - 1) <= 0.04)
  }

  /// Degrees on the colour circle; nil for grey (Smith, 1978).
  private func hue(_ color: [Double]) -> Double? {
    let (red, green, blue) = (color[0], color[1], color[2])
    let chroma = color.max()! - color.min()!
    guard chroma > 0 else { return nil }
    if red == color.max() { return 60 * (green - blue) / chroma + (green < blue ? 360 : 0) }
    return green == color.max()
      ? 60 * (blue - red) / chroma + 120 : 60 * (red - green) / chroma + 240
  }
}
