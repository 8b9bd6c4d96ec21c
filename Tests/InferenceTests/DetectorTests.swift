import Images
import Inference
import MultiBox
import Testing

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

  @Test func findsInACompressedPictureWhatItFindsInThePicture() throws {
    let detector = Detector(PixelReader())
    let images = [image(prior: 0, classIndex: 1), image(prior: 4, classIndex: 2, width: 700)]
    let pictures = try images.map { try EncodedImage(data: $0.pngData()) }
    #expect(try detector.detect(in: pictures) == detector.detect(in: images))
  }

  @Test func namesTheFirstPictureOfABatchThatCannotBeDecoded() throws {
    let whole = try image(prior: 0, classIndex: 1).pngData()
    let pictures = try [whole, whole.prefix(whole.count - 20), whole.prefix(whole.count - 30)]
      .map { try EncodedImage(data: $0) }
    let error = #expect(throws: ImageError.self) {
      try Detector(PixelReader()).detect(in: pictures)
    }
    #expect(error?.reason == .truncated)
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
