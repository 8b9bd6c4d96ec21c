import Foundation
import MultiBox

/// Detects in a stream of pictures of any length: while one batch is in the network, the next
/// pictures are prepared and the last ones made into results.
///
/// ```swift
/// let pipeline = DetectionPipeline(detector) { file in
///   .init(try detector.pixels(of: EncodedImage(contentsOf: file)), about: file)
/// } finish: { file, detections in
///   (file, detections.count)
/// }
/// var files = photographs.makeIterator()
/// try pipeline.run { files.next() } deliver: { source, result in ... }
/// ```
public struct DetectionPipeline<Source: Sendable, Subject: Sendable, Output: Sendable>: Sendable {
  /// A picture that is ready for the network.
  public struct Prepared: Sendable {
    /// Bytes, (size, size, 3), red, green, blue.
    public var pixels: [UInt8]
    /// What `finish` needs to know about the picture.
    public var subject: Subject

    /// A picture of the network's size; see the properties.
    public init(_ pixels: [UInt8], about subject: Subject) {
      self.pixels = pixels
      self.subject = subject
    }
  }

  private let detector: Detector
  private let settings: DetectionSettings
  private let suppressedLabels: Set<String>
  private let batchSize: Int
  private let workers: Int
  private let prepare: @Sendable (Source) throws -> Prepared
  private let finish: @Sendable (Subject, [Detection]) throws -> Output

  /// - Parameters:
  ///   - batchSize: pictures that go through the network together.
  ///   - workers: threads that prepare, and as many that finish.
  ///   - prepare: makes a source ready for the network; several run at once.
  ///   - finish: makes something of the detections; several run at once.
  public init(
    _ detector: Detector, settings: DetectionSettings = .init(),
    suppressing suppressedLabels: Set<String> = [], batchSize: Int = 1,
    workers: Int = ProcessInfo.processInfo.activeProcessorCount,
    prepare: @escaping @Sendable (Source) throws -> Prepared,
    finish: @escaping @Sendable (Subject, [Detection]) throws -> Output
  ) {
    precondition(batchSize > 0 && workers > 0, "a pipeline needs a batch and workers")
    self.detector = detector
    self.settings = settings
    self.suppressedLabels = suppressedLabels
    self.batchSize = batchSize
    self.workers = workers
    self.prepare = prepare
    self.finish = finish
  }

  /// Runs until there is no source any more.
  ///
  /// No more than a few pictures for each worker and two batches are in memory at any time.
  ///
  /// - Parameters:
  ///   - next: gives one source after the other, nil at the end; called on a thread of its own.
  ///   - deliver: is handed each source with its result, in the order of the sources, on the calling
  ///     thread. A source that could not be prepared or finished comes with its error.
  /// - Throws: what `next`, the engine or `deliver` throw; the pipeline has then stopped.
  public func run(
    next: @escaping @Sendable () throws -> Source?,
    deliver: (Source, Result<Output, any Error>) throws -> Void
  ) throws {
    let room = 2 * (workers + batchSize)
    let preparing = OrderedWork(threads: workers, capacity: room, name: "prepare") {
      (source: Source) in (source, Result { try prepare(source) })
    }
    let finishing = OrderedWork(threads: workers, capacity: room, name: "finish") {
      finished($0)
    }
    let failure = FirstError()
    defer {
      preparing.cancel()
      finishing.cancel()
    }
    Thread.detachNewThread {
      failure.catching { while let source = try next(), preparing.give(source) {} }
      preparing.complete()
    }
    Thread.detachNewThread {
      failure.catching { try runNetwork(from: preparing, to: finishing) }
      preparing.cancel()
      finishing.complete()
    }
    while let (source, output) = finishing.take() { try deliver(source, output) }
    try failure.rethrow()
  }

  /// A picture on its way from the network: its place in a batch's predictions, or what went wrong.
  private typealias Predicted = (
    source: Source, result: Result<(Subject, RawPredictions, place: Int), any Error>
  )

  private func finished(_ predicted: Predicted) -> (Source, Result<Output, any Error>) {
    let output = Result {
      let (subject, predictions, place) = try predicted.result.get()
      return try finish(
        subject,
        detector.decoder.detections(
          predictions, image: place, settings: settings, suppressing: suppressedLabels))
    }
    return (predicted.source, output)
  }

  private func runNetwork(
    from preparing: OrderedWork<Source, (Source, Result<Prepared, any Error>)>,
    to finishing: OrderedWork<Predicted, (Source, Result<Output, any Error>)>
  ) throws {
    var isOver = false
    while !isOver {
      var batch: [(source: Source, result: Result<Prepared, any Error>)] = []
      var pixels: [UInt8] = []
      var imageCount = 0
      while imageCount < batchSize {
        guard let item = preparing.take() else {
          isOver = true
          break
        }
        batch.append(item)
        if case .success(let prepared) = item.1 {
          if imageCount == 0 { pixels = prepared.pixels } else { pixels += prepared.pixels }
          imageCount += 1
        }
      }
      let predictions =
        imageCount > 0
        ? try detector.predictor.predict(pixels, imageCount: imageCount)
        : RawPredictions(imageCount: 0, locations: [], scores: [])
      var place = 0
      for (source, prepared) in batch {
        let result = prepared.map { prepared in
          defer { place += 1 }
          return (prepared.subject, predictions, place: place)
        }
        guard finishing.give((source, result)) else { return }
      }
    }
  }
}

/// The first error of several threads.
private final class FirstError: @unchecked Sendable {
  private let lock = NSLock()
  private var error: (any Error)?

  func catching(_ work: () throws -> Void) {
    do {
      try work()
    } catch {
      lock.withLock { self.error = self.error ?? error }
    }
  }

  func rethrow() throws {
    if let error = lock.withLock({ error }) { throw error }
  }
}
