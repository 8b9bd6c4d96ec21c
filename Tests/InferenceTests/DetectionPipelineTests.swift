import Images
import Inference
import MultiBox
import Synchronization
import Testing

@Suite("A pipeline of pictures")
struct DetectionPipelineTests {
  private struct Unreadable: Error {}

  /// Picture number `n` shows the class `n % 2 + 1`; negative numbers cannot be read.
  private func pipeline(
    batchSize: Int = 1, workers: Int = 3, willPrepare: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> DetectionPipeline<Int, Int, String> {
    let detector = Detector(PixelReader())
    return DetectionPipeline(detector, batchSize: batchSize, workers: workers) { number in
      willPrepare(number)
      guard number >= 0 else { throw Unreadable() }
      let image = Image(width: 30, height: 30, fill: (4, UInt8(number % 2 + 1), 0))
      return .init(detector.pixels(of: [image]), about: number)
    } finish: { number, detections in
      "\(number): \(detections.map(\.label).joined(separator: " "))"
    }
  }

  /// What comes out, in the order in which it comes; nil for what failed.
  private func delivered(
    _ numbers: [Int], by pipeline: DetectionPipeline<Int, Int, String>
  ) throws -> [String?] {
    let rest = Mutex(numbers[...])
    var results: [String?] = []
    var sources: [Int] = []
    try pipeline.run {
      rest.withLock { $0.popFirst() }
    } deliver: { source, result in
      sources.append(source)
      results.append(try? result.get())
    }
    #expect(sources == numbers)
    return results
  }

  @Test(arguments: [1, 2, 5], [1, 4])
  func keepsTheOrderOfThePictures(batchSize: Int, workers: Int) throws {
    let results = try delivered(
      Array(0..<13), by: pipeline(batchSize: batchSize, workers: workers))
    #expect(results == (0..<13).map { "\($0): \($0 % 2 == 0 ? "cat" : "dog")" })
  }

  @Test(arguments: [1, 3])
  func passesOnWhatCannotBeReadAndGoesOn(batchSize: Int) throws {
    let results = try delivered([0, -1, 1, -1, -1, -1, 2], by: pipeline(batchSize: batchSize))
    #expect(results == ["0: cat", nil, "1: dog", nil, nil, nil, "2: cat"])
  }

  @Test func hasNothingToSayAboutNoPictures() throws {
    #expect(try delivered([], by: pipeline()).isEmpty)
  }

  @Test func holdsFewPicturesHoweverManyThereAre() throws {
    let counts = Mutex((prepared: 0, delivered: 0, greatestDifference: 0))
    let pipeline = pipeline(batchSize: 2, workers: 2) { _ in
      counts.withLock {
        $0.prepared += 1
        $0.greatestDifference = max($0.greatestDifference, $0.prepared - $0.delivered)
      }
    }
    let rest = Mutex(0)
    try pipeline.run {
      rest.withLock { number -> Int? in
        number += 1
        return number <= 60 ? number : nil
      }
    } deliver: { _, _ in
      counts.withLock { $0.delivered += 1 }
    }
    // Two stages with room for 2 * (2 + 2), a batch between them, and one being delivered.
    #expect(counts.withLock { $0.greatestDifference } <= 2 * 8 + 2 + 1)
  }

  @Test func stopsWhenItsSourceOrItsEngineOrItsReaderFails() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try pipeline().run {
        throw Stop()
      } deliver: { _, _ in
      }
    }
    #expect(throws: Stop.self) {
      try pipeline().run {
        1
      } deliver: { _, _ in
        throw Stop()
      }
    }
    let detector = Detector(PixelReader())
    let blue = DetectionPipeline<Int, Int, Int>(detector) { number in
      .init(
        detector.pixels(of: [Image(width: 30, height: 30, fill: (0, 0, 255))]), about: number)
    } finish: { number, _ in
      number
    }
    #expect(throws: PixelReader.Broken.self) {
      try blue.run {
        1
      } deliver: { _, _ in
      }
    }
  }
}
