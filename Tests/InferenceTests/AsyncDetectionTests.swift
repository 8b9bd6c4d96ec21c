import Dispatch
import Foundation
import Images
import Inference
import MultiBox
import Synchronization
import Testing

@Suite struct AsyncDetectionTests {
  private func image(_ number: Int) -> Image {
    Image(width: 60, height: 40, fill: (4, UInt8(number % 2 + 1), 0))
  }

  /// More than there are threads for tasks.
  private let callCount = 4 * ProcessInfo.processInfo.activeProcessorCount + 8

  @Test func `awaited calls give what calls without await give`() async throws {
    let detector = Detector(PixelReader())
    let images = [image(0), image(1), image(2)]
    let pictures = try images.map { try EncodedImage(data: $0.pngData()) }
    let settings = DetectionSettings(minimumScore: 0.3)
    // Without a closure, the compiler would take the calls for those to be awaited.
    let expected = try { try detector.detect(in: images, settings: settings) }()
    #expect(expected.map { $0.map(\.label) } == [["cat"], ["dog"], ["cat"]])
    #expect(try await detector.detect(in: images, settings: settings) == expected)
    #expect(try await detector.detect(in: pictures, settings: settings) == expected)
    #expect(try await detector.detect(in: images[1]) == expected[1])
    #expect(try await detector.detect(in: pictures[2]) == expected[2])
    #expect(try await detector.detect(in: pictures[1], excluding: ["dog"]).isEmpty)
    let pixels = detector.pixels(of: images)
    #expect(try await detector.detect(inPixels: pixels, imageCount: 3) == expected)
    #expect(try await detector.detect(in: [Image]()).isEmpty)
  }

  @Test func `awaited calls of the native network give its bits`() async throws {
    let shapes = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Docs/Models/shapes.safetensors").standardizedFileURL
    let detector = try Detector(contentsOf: shapes, precision: .float32)
    let picture = try EncodedImage(
      contentsOf: shapes.deletingLastPathComponent().appending(path: "scene.jpg"))
    let expected = try { try detector.detect(in: picture) }()
    #expect(!expected.isEmpty)
    let results = try await withThrowingTaskGroup(of: [Detection].self) { group in
      for _ in 0..<4 { group.addTask { try await detector.detect(in: picture) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results == Array(repeating: expected, count: 4))
  }

  @Test func `more calls than there are threads for tasks all finish, each with its own result`()
    async throws
  {
    let detector = Detector(PixelReader())
    let images = (0..<callCount).map(image)
    let labels = try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
      for (number, image) in images.enumerated() {
        group.addTask { (number, try await detector.detect(in: image).map(\.label)) }
      }
      return try await group.reduce(into: [Int: [String]]()) { $0[$1.0] = $1.1 }
    }
    for number in 0..<callCount { #expect(labels[number] == [number % 2 == 0 ? "cat" : "dog"]) }
  }

  @Test func `calls that wait for a busy engine leave the threads for tasks free`() async throws {
    let engine = GatedReader()
    let detector = Detector(engine)
    let images = (0..<callCount).map(image)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for image in images {
        group.addTask { try await detector.detect(in: image).count }
      }
      await engine.calls(1)
      // The gate opens only from tasks that get a thread although every call is under way.
      for _ in 0..<callCount {
        await Task { engine.open(calls: 1) }.value
      }
      let found = try await group.reduce(0, +)
      #expect(found == callCount)
    }
  }

  @Test func `a call that is cancelled while it waits returns at once and never runs`() async throws
  {
    let engine = GatedReader()
    let detector = Detector(engine)
    let image = image(0)
    // Two calls run at a time, and the gate holds both.
    let running = (0..<2).map { _ in Task { try await detector.detect(in: image) } }
    await engine.calls(2)
    let waiting = (0..<8).map { _ in Task { try await detector.detect(in: image) } }
    for task in waiting {
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
    engine.open(calls: 2)
    for task in running { #expect(try await task.value.count == 1) }
    #expect(engine.callCount == 2)
  }

  @Test func `a task that is cancelled beforehand never reaches the engine`() async throws {
    let engine = PixelReader()
    let detector = Detector(engine)
    let image = image(0)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await detector.detect(in: image)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(engine.batchSizes.withLock { $0.isEmpty })
  }

  @Test func `a task that is cancelled while its network runs gets no result`() async throws {
    let engine = GatedReader()
    let detector = Detector(engine)
    let images = [image(0), image(1)]
    let task = Task { try await detector.detect(in: images) }
    await engine.calls(1)
    task.cancel()
    engine.open(calls: 1)
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func `errors of the image and of the engine reach the task that waits`() async throws {
    let detector = Detector(PixelReader())
    let whole = try image(0).pngData()
    let broken = try EncodedImage(data: whole.prefix(whole.count - 20))
    let error = await #expect(throws: ImageError.self) { try await detector.detect(in: broken) }
    #expect(error?.reason == .truncated)
    await #expect(throws: PixelReader.Broken.self) {
      try await detector.detect(in: Image(width: 9, height: 9, fill: (0, 0, 255)))
    }
  }

  @Test func `a detector that nobody holds any more finishes its calls`() async throws {
    var detector: Detector? = Detector(PixelReader())
    weak let weakDetector = detector
    let image = image(1)
    let task = Task { [detector] in try await detector?.detect(in: image).map(\.label) }
    detector = nil
    #expect(try await task.value == ["dog"])
    // The thread lets go of it after the task has its result.
    while weakDetector != nil { await Task.yield() }
  }
}

/// A ``PixelReader`` whose calls wait, on their threads, until the gate opens for them.
private final class GatedReader: Predictor {
  private let reader = PixelReader()
  private let gate = DispatchSemaphore(value: 0)
  private let called = AsyncStream<Void>.makeStream()

  var configuration: SSDConfiguration { reader.configuration }

  /// How many calls have passed the gate.
  var callCount: Int { reader.batchSizes.withLock { $0.count } }

  func predict(_ pixels: [UInt8], imageCount: Int) throws -> RawPredictions {
    called.continuation.yield()
    gate.wait()
    return try reader.predict(pixels, imageCount: imageCount)
  }

  /// Returns once so many calls have come to the gate.
  func calls(_ count: Int) async {
    var calls = called.stream.makeAsyncIterator()
    for _ in 0..<count { await calls.next() }
  }

  func open(calls: Int) {
    for _ in 0..<calls { gate.signal() }
  }
}
