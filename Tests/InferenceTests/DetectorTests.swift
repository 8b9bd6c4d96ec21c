import Images
import Inference
import MultiBox
import Testing

@Suite struct DetectorTests {
  private func image(prior: UInt8, classIndex: UInt8, width: Int = 40, height: Int = 30) -> Image {
    Image(width: width, height: height, fill: (prior, classIndex, 0))
  }

  /// Without offsets a detection is its prior: at the first position of conv10_2's 3 x 3, the square of
  /// side 0.725 around (1/6, 1/6), cut off at the image's edge.
  @Test func `a detector gives boxes in fractions of the image, whatever its size`() throws {
    for (width, height) in [(40, 30), (300, 300), (1200, 333)] {
      let found = try Detector(PixelReader()).detect(
        in: image(prior: 0, classIndex: 2, width: width, height: height))
      let detection = try #require(found.first)
      #expect(found.count == 1)
      #expect(detection.label == "dog" && detection.classIndex == 2)
      #expect(detection.score > 0.999)
      let edge: Float = 1.0 / 6 + 0.725 / 2
      let expected = BoundingBox(xMin: 0, yMin: 0, xMax: edge, yMax: edge)
      #expect(detection.box.iou(with: expected) > 0.9999)
    }
  }

  @Test func `a detector keeps the order of a batch and runs it at once`() throws {
    let engine = PixelReader()
    let found = try Detector(engine).detect(
      in: [image(prior: 0, classIndex: 1), image(prior: 4, classIndex: 2)])
    #expect(found.map { $0.map(\.label) } == [["cat"], ["dog"]])
    #expect(engine.batchSizes.withLock { $0 } == [2])
  }

  @Test func `a detector finds in a compressed image what it finds in the image`() throws {
    let detector = Detector(PixelReader())
    let images = [image(prior: 0, classIndex: 1), image(prior: 4, classIndex: 2, width: 700)]
    let pictures = try images.map { try EncodedImage(data: $0.pngData()) }
    let found = try detector.detect(in: pictures)
    #expect(try found == detector.detect(in: images))
    #expect(try detector.detect(in: pictures[0]) == found[0])
    #expect(try detector.detect(in: pictures[0], excluding: ["cat"]).isEmpty)
    let bytes = try Array(images[1].pngData())
    #expect(try detector.detect(in: EncodedImage(data: bytes)) == found[1])
  }

  @Test func `a detector names the first image of a batch that cannot be decoded`() throws {
    let whole = try image(prior: 0, classIndex: 1).pngData()
    let pictures = try [whole, whole.prefix(whole.count - 20), whole.prefix(whole.count - 30)]
      .map { try EncodedImage(data: $0) }
    let error = #expect(throws: ImageError.self) {
      try Detector(PixelReader()).detect(in: pictures)
    }
    #expect(error?.reason == .truncated)
  }

  @Test func `a detector leaves out excluded classes and low scores`() throws {
    let detector = Detector(PixelReader())
    let cat = image(prior: 0, classIndex: 1)
    #expect(try detector.detect(in: cat, excluding: ["cat"]).isEmpty)
    #expect(try detector.detect(in: cat, excluding: ["dog"]).count == 1)
    #expect(try detector.detect(in: cat, minimumScore: 1).isEmpty)
  }

  @Test func `a detector finds in the bytes of a video frame what it finds in the image`() throws {
    let detector = Detector(PixelReader())
    let image = image(prior: 4, classIndex: 2)
    let (red, green, blue) = image[0, 0]
    var bgra: [UInt8] = []
    for _ in 0..<image.width * image.height { bgra += [blue, green, red, 255] }
    let frame = Image(
      width: image.width, height: image.height, pixels: bgra, format: .bgra)
    let found = try detector.detect(in: frame)
    #expect(try found == detector.detect(in: image) && found.count == 1)
  }

  @Test func `NMS across classes leaves one detection of an object that looks like two`() throws {
    let detector = Detector(PixelReader())
    // Class 3 makes the reader see a cat and a dog at one prior.
    let both = image(prior: 4, classIndex: 3)
    #expect(try detector.detect(in: both).count == 2)
    #expect(try detector.detect(in: both, nmsAcrossClasses: true).map(\.label) == ["dog"])
    let encoded = try EncodedImage(data: both.pngData())
    #expect(try detector.detect(in: encoded, nmsAcrossClasses: true).count == 1)
    #expect(try detector.detect(in: both, excluding: ["dog"], nmsAcrossClasses: true).count == 1)
  }

  @Test func `a detector passes on what is wrong with its engine`() {
    #expect(throws: PixelReader.Broken.self) {
      try Detector(PixelReader()).detect(in: Image(width: 9, height: 9, fill: (0, 0, 255)))
    }
  }
}
