import Images
import Inference
import MultiBox
import Synchronization
import Testing

/// An engine without a network: each image's middle pixel says which prior sees which class.
///
/// Red is the prior's number in the last map but one, green the class; blue 255 breaks the engine.
private final class PixelReader: Predictor {
  struct Broken: Error {}

  let configuration = SSDConfiguration.ssd300(classes: ClassList(["cat", "dog"]))
  let batchSizes = Mutex<[Int]>([])

  func predict(_ pixels: [UInt8], imageCount: Int) throws -> RawPredictions {
    batchSizes.withLock { $0.append(imageCount) }
    let imageBytes = 300 * 300 * 3
    #expect(pixels.count == imageCount * imageBytes)
    var scores = [Float](repeating: 0, count: imageCount * 8732 * 3)
    for image in 0..<imageCount {
      let middle = image * imageBytes + (150 * 300 + 150) * 3
      if pixels[middle + 2] == 255 { throw Broken() }
      for prior in 0..<8732 { scores[(image * 8732 + prior) * 3] = 20 }
      let row = (image * 8732 + Self.firstPrior + Int(pixels[middle])) * 3
      scores[row] = 0
      scores[row + Int(pixels[middle + 1])] = 20
    }
    return RawPredictions(
      imageCount: imageCount, locations: [Float](repeating: 0, count: imageCount * 8732 * 4),
      scores: scores)
  }

  /// The first prior of conv10_2.
  static let firstPrior = 5776 + 2166 + 600 + 150
}

@Suite("A detector")
struct DetectorTests {
  private func image(prior: UInt8, classIndex: UInt8, width: Int = 40, height: Int = 30) -> Image {
    Image(width: width, height: height, fill: (prior, classIndex, 0))
  }

  /// Without offsets a detection is its prior: at the first position of conv10_2's 3 x 3, the square of
  /// side 0.725 around (1/6, 1/6), cut off at the image's edge.
  @Test func givesBoxesInFractionsOfTheImageWhateverItsSize() throws {
    for (width, height) in [(40, 30), (300, 300), (1200, 333)] {
      let found = try Detector(PixelReader()).detect(
        in: image(prior: 0, classIndex: 2, width: width, height: height))
      let detection = try #require(found.first)
      #expect(found.count == 1)
      #expect(detection.label == "dog" && detection.classIndex == 2)
      #expect(detection.score > 0.999)
      let edge: Float = 1.0 / 6 + 0.725 / 2
      let expected = BoundingBox(xMin: 0, yMin: 0, xMax: edge, yMax: edge)
      #expect(detection.box.overlap(expected) > 0.9999)
    }
  }

  @Test func keepsTheOrderOfABatchAndRunsItAtOnce() throws {
    let engine = PixelReader()
    let found = try Detector(engine).detect(
      in: [image(prior: 0, classIndex: 1), image(prior: 4, classIndex: 2)])
    #expect(found.map { $0.map(\.label) } == [["cat"], ["dog"]])
    #expect(engine.batchSizes.withLock { $0 } == [2])
  }

  @Test func leavesOutClassesAndScoresThatNobodyWants() throws {
    let detector = Detector(PixelReader())
    let cat = image(prior: 0, classIndex: 1)
    #expect(try detector.detect(in: cat, suppressing: ["cat"]).isEmpty)
    #expect(try detector.detect(in: cat, suppressing: ["dog"]).count == 1)
    #expect(try detector.detect(in: cat, minimumScore: 1).isEmpty)
  }

  @Test func passesOnWhatIsWrongWithItsEngine() {
    #expect(throws: PixelReader.Broken.self) {
      try Detector(PixelReader()).detect(in: Image(width: 9, height: 9, fill: (0, 0, 255)))
    }
  }
}
