import Datasets
import Foundation
import MultiBox
import Testing

@Suite("Drawing augmentations")
struct AugmentationDrawingTests {
  static let boxes = [
    BoundingBox(xMin: 50, yMin: 60, xMax: 200, yMax: 260),
    BoundingBox(xMin: 300, yMin: 100, xMax: 380, yMax: 180),
  ]

  static func draws(
    _ count: Int, _ configuration: AugmentationConfiguration = .standard
  ) -> [AugmentationParameters] {
    (0..<count).map { index in
      var generator = SeededGenerator(seed: 11, stream: UInt64(index))
      return .drawn(configuration, width: 500, height: 375, boxes: boxes, using: &generator)
    }
  }

  @Test("half of the pictures are mirrored, half are laid on a canvas 1 to 4 times as large")
  func rates() {
    let draws = Self.draws(8000)
    let tolerance = 4 * (8000 * 0.25).squareRoot()
    #expect(abs(Double(draws.count { $0.isMirrored }) - 4000) < tolerance)
    let zoomed = draws.map(\.zoomOut).filter { $0 > 1 }
    #expect(abs(Double(zoomed.count) - 4000) < tolerance)
    #expect(zoomed.allSatisfy { $0 <= 4 })
    // A uniform draw from 1...4: mean 2.5, deviation sqrt(3) / 2.
    let mean = zoomed.reduce(0, +) / Double(zoomed.count)
    #expect(abs(mean - 2.5) < 4 * 0.866 / Double(zoomed.count).squareRoot())
    #expect(!draws.contains { $0.isFlippedVertically })
  }

  @Test("each distortion comes with half of the pictures, within its limits, at any place")
  func distortions() {
    let draws = Self.draws(8000)
    var counts = [String: Int]()
    var first = [String: Int]()
    for draw in draws {
      for (place, distortion) in draw.distortions.enumerated() {
        let (name, value, range): (String, Float, ClosedRange<Float>) =
          switch distortion {
          case .brightness(let factor): ("brightness", factor, 0.5...1.5)
          case .contrast(let factor): ("contrast", factor, 0.5...1.5)
          case .saturation(let factor): ("saturation", factor, 0.5...1.5)
          case .hue(let turns): ("hue", turns, -18.0 / 255...18.0 / 255)
          }
        #expect(range.contains(value))
        counts[name, default: 0] += 1
        if place == 0 { first[name, default: 0] += 1 }
      }
    }
    #expect(counts.count == 4)
    #expect(counts.values.allSatisfy { abs($0 - 4000) < 179 })
    // Some distortion is first in 15 of 16 pictures, each of the four equally often.
    #expect(first.values.allSatisfy { abs($0 - 1875) < 153 })
  }

  @Test("cut-out parts keep the limits of size, aspect ratio and overlap")
  func crops() {
    let draws = Self.draws(6000)
    var overlaps = [Double: Int]()
    for draw in draws {
      guard let minimum = draw.cropMinimumOverlap else { continue }
      overlaps[minimum, default: 0] += 1
      let (width, height) = (Double(draw.window.width), Double(draw.window.height))
      let canvas = (width: Int(draw.zoomOut * 500), height: Int(draw.zoomOut * 375))
      #expect(width >= Double(Int(0.3 * Double(canvas.width))) && Int(width) <= canvas.width)
      #expect(height >= Double(Int(0.3 * Double(canvas.height))) && Int(height) <= canvas.height)
      #expect(height / width > 0.5 && height / width < 2)
      let window = BoundingBox(
        xMin: Float(draw.window.left), yMin: Float(draw.window.top),
        xMax: Float(draw.window.left + draw.window.width),
        yMax: Float(draw.window.top + draw.window.height))
      #expect(Self.boxes.contains { window.iou(with: $0) >= Float(minimum) })
      #expect(Self.boxes.contains { draw.transformed($0, convention: .edges) != nil })
    }
    #expect(Set(overlaps.keys).isSubset(of: [0, 0.1, 0.3, 0.5, 0.7, 0.9]))
    // One choice in seven is no crop, and only that one cannot fail.
    let whole = draws.count { $0.cropMinimumOverlap == nil }
    #expect(whole > 6000 / 7 && whole < 3000)
  }

  @Test("a canvas holds the whole picture at every place")
  func canvas() {
    var configuration = AugmentationConfiguration.standard
    configuration.crops = false
    configuration.zoomOutProbability = 1
    let draws = Self.draws(3000, configuration)
    for draw in draws {
      #expect(draw.window.left <= 0 && draw.window.left + draw.window.width >= 500)
      #expect(draw.window.top <= 0 && draw.window.top + draw.window.height >= 375)
      #expect(draw.window.width == Int(draw.zoomOut * 500))
    }
    let places = draws.filter { $0.window.width > 600 }.map {
      Double(-$0.window.left) / Double($0.window.width - 500)
    }
    let mean = places.reduce(0, +) / Double(places.count)
    #expect(abs(mean - 0.5) < 4 * 0.2887 / Double(places.count).squareRoot())
  }

  @Test("without augmentation every draw shows the whole picture")
  func none() {
    for draw in Self.draws(50, .none) {
      #expect(draw == AugmentationParameters(width: 500, height: 375))
    }
  }

  @Test("a picture without objects, or with boxes that nothing overlaps, is drawn too")
  func withoutObjects() {
    for boxes in [[], [BoundingBox(xMin: 900, yMin: 900, xMax: 901, yMax: 901)]] {
      for seed in 0..<200 as Range<UInt64> {
        var generator = SeededGenerator(seed: seed)
        let draw = AugmentationParameters.drawn(
          .standard, width: 7, height: 500, boxes: boxes, using: &generator)
        #expect(draw.window.width > 0 && draw.window.height > 0)
      }
    }
  }

  @Test("a recipe may give some settings and leave the others as they are")
  func coding() throws {
    let recipe = Data(#"{"maximumZoomOut": 2, "mirrorProbability": 0, "hue": 1}"#.utf8)
    let read = try JSONDecoder().decode(AugmentationConfiguration.self, from: recipe)
    var expected = AugmentationConfiguration.standard
    expected.maximumZoomOut = 2
    expected.mirrorProbability = 0
    #expect(read == expected)
    let again = try JSONDecoder().decode(
      AugmentationConfiguration.self, from: JSONEncoder().encode(read))
    #expect(again == expected)
  }
}
