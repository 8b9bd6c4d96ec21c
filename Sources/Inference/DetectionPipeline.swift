import Foundation
import MultiBox

/// Detects in a stream of images of any length: while one batch is in the network, the next images
/// are prepared and the last ones made into results.
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
  /// An image that is ready for the network.
  public struct Prepared: Sendable {
    /// Bytes 0...255, (size, size, 3), red, green, blue.
    public var pixels: [UInt8]
    /// Whatever `finish` needs to know about the image.
    public var subject: Subject

    /// An image of the network's size; see the properties.
    public init(_ pixels: [UInt8], about subject: Subject) {
      self.pixels = pixels
      self.subject = subject
    }
  }

  private let detector: Detector
  private let settings: DetectionSettings
  private let excludedLabels: Set<String>
  private let batchSize: Int
  private let workers: Int
  private let prepare: @Sendable (Source) throws -> Prepared
  private let finish: @Sendable (Subject, [Detection]) throws -> Output

  /// A pipeline that can run any number of times.
  ///
  /// - Parameters:
  ///   - detector: the detector; its own threads are not used.
  ///   - settings: what counts as a detection.
  ///   - excludedLabels: the labels of classes to leave out.
  ///   - batchSize: the number of images that go through the network together.
  ///   - workers: the number of threads that prepare, and of as many that finish.
  ///   - prepare: makes a source ready for the network; several run at once.
  ///   - finish: makes something of the detections; several run at once.
  public init(
    _ detector: Detector, settings: DetectionSettings = .init(),
    excluding excludedLabels: Set<String> = [], batchSize: Int = 1,
    workers: Int = ProcessInfo.processInfo.activeProcessorCount,
    prepare: @escaping @Sendable (Source) throws -> Prepared,
    finish: @escaping @Sendable (Subject, [Detection]) throws -> Output
  ) {
    precondition(batchSize > 0 && workers > 0, "a pipeline needs a batch and workers")
    self.detector = detector
    self.settings = settings
    self.excludedLabels = excludedLabels
    self.batchSize = batchSize
    self.workers = workers
    self.prepare = prepare
    self.finish = finish
  }

  /// Runs until there is no source any more, and blocks the calling thread until then.
  ///
  /// No more than a few images for each worker and two batches are in memory at any time.
  ///
  /// - Parameters:
  ///   - next: gives one source after the other, nil at the end; called on a thread of its own.
  ///   - deliver: is handed each source with its result, in the order of the sources, on the calling
  ///     thread. A source that could not be prepared or finished comes with its error.
  /// - Throws: the error of `next`, the engine or `deliver`; the pipeline has then stopped.
  public func run(
    next: @escaping @Sendable () throws -> Source?,
    deliver: (Source, Result<Output, any Error>) throws -> Void
  ) throws {
    let capacity = 2 * (workers + batchSize)
    let preparing = OrderedWork(threads: workers, capacity: capacity, name: "prepare") {
      (source: Source) in (source, Result { try prepare(source) })
    }
    let finishing = OrderedWork(threads: workers, capacity: capacity, name: "finish") {
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

  /// An image on its way from the network: its index in a batch's predictions, or what went wrong.
  private typealias Predicted = (
    source: Source, result: Result<(Subject, RawPredictions, index: Int), any Error>
  )

  private func finished(_ predicted: Predicted) -> (Source, Result<Output, any Error>) {
    let output = Result {
      let (subject, predictions, index) = try predicted.result.get()
      return try finish(
        subject,
        detector.decoder.detections(
          predictions, image: index, settings: settings, excluding: excludedLabels))
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
        : RawPredictions(imageCount: 0, offsets: [], logits: [])
      var index = 0
      for (source, prepared) in batch {
        let result = prepared.map { prepared in
          defer { index += 1 }
          return (prepared.subject, predictions, index: index)
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
