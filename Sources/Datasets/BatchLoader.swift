import Foundation
import Images
import MultiBox

/// One epoch of batches, made by threads that run ahead of the network.
///
/// The same data set, settings, seed and epoch give the same batches, whatever the number of
/// workers and wherever the epoch is entered.
///
/// ```swift
/// let loader = BatchLoader(dataset, options, epoch: 3)
/// while let batch = try loader.next() { ... }
/// ```
public final class BatchLoader: Sendable {
  /// How batches are made.
  public struct Options: Sendable {
    /// Pictures in a batch.
    public var batchSize: Int
    /// Width and height of the network's input.
    public var imageSize: Int
    /// How the pictures are varied.
    public var augmentation: AugmentationConfiguration
    /// What shows where there is no picture.
    public var meanPixel: (red: UInt8, green: UInt8, blue: UInt8)
    /// The seed of everything random.
    public var seed: UInt64
    /// Whether every epoch has its own random order.
    public var shuffles: Bool
    /// Whether pictures that do not fill the last batch are left out.
    public var dropsLastPartialBatch: Bool
    /// The pictures of each batch that are made, where several processes make a batch together.
    public var share = Share.whole
    /// Threads that make samples.
    public var workers: Int
    /// Batches that may be ready or in the making at once.
    public var queueDepth: Int

    /// Training with the paper's augmentation, but for what is given.
    public init(
      batchSize: Int, imageSize: Int = 300, augmentation: AugmentationConfiguration = .standard,
      meanPixel: (red: UInt8, green: UInt8, blue: UInt8) = PixelNormalization.imageNet.meanPixel,
      seed: UInt64 = 0, shuffles: Bool = true, dropsLastPartialBatch: Bool = true,
      workers: Int = ProcessInfo.processInfo.activeProcessorCount, queueDepth: Int = 3
    ) {
      self.batchSize = batchSize
      self.imageSize = imageSize
      self.augmentation = augmentation
      self.meanPixel = meanPixel
      self.seed = seed
      self.shuffles = shuffles
      self.dropsLastPartialBatch = dropsLastPartialBatch
      self.workers = workers
      self.queueDepth = queueDepth
    }

    /// Every picture once in the order of the data set, only resized: for evaluation.
    public static func evaluation(batchSize: Int, imageSize: Int = 300) -> Options {
      Options(
        batchSize: batchSize, imageSize: imageSize, augmentation: .none, shuffles: false,
        dropsLastPartialBatch: false)
    }

    /// The batches of an epoch.
    public func batchCount(for dataset: DetectionDataset) -> Int {
      dropsLastPartialBatch
        ? dataset.count / batchSize : (dataset.count + batchSize - 1) / batchSize
    }

    /// The order in which an epoch visits the pictures: a pure function of seed and epoch.
    public func order(count: Int, epoch: Int) -> [Int] {
      guard shuffles else { return Array(0..<count) }
      var generator = SeededGenerator(seed: seed, stream: SampleStream.order, UInt64(epoch))
      return generator.shuffled(Array(0..<count))
    }
  }

  /// The batches of the whole epoch, those before `startingAtBatch` included.
  public let batchCount: Int
  private let queue: BatchQueue

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - dataset: The annotated pictures.
  ///   - options: How batches are made.
  ///   - epoch: From 0; every epoch has its own order and draws.
  ///   - startingAtBatch: The batches before it are passed over without being made, so that a
  ///     resumed run goes on where it stopped.
  ///   - endingBeforeBatch: It and those after it are not made; nil for all.
  ///   - cache: Decoded pictures, shared by the loaders of all epochs.
  public init(
    _ dataset: DetectionDataset, _ options: Options, epoch: Int = 0, startingAtBatch: Int = 0,
    endingBeforeBatch: Int? = nil, cache: PictureCache? = nil
  ) {
    precondition(
      options.batchSize > 0 && options.workers > 0 && options.queueDepth > 0 && epoch >= 0
        && startingAtBatch >= 0, "sizes of a batch loader have to be positive")
    precondition(
      options.share == .whole
        || options.share.count <= options.batchSize && options.dropsLastPartialBatch,
      "a share of a batch has at least one picture")
    batchCount = options.batchCount(for: dataset)
    let order = options.order(count: dataset.count, epoch: epoch)
    let end = min(endingBeforeBatch ?? batchCount, batchCount)
    let batches = (min(startingAtBatch, end)..<end).map { batch in
      let whole =
        order[batch * options.batchSize..<min((batch + 1) * options.batchSize, order.count)]
      let share = options.share.range(of: whole.count)
      return Array(whole.dropFirst(share.lowerBound).prefix(share.count))
    }
    let queue = BatchQueue(
      batches, dataset: dataset, size: options.imageSize, depth: options.queueDepth,
      workers: options.workers)
    self.queue = queue
    for _ in 0..<options.workers {
      let thread = Thread {
        let maker = SampleMaker(
          dataset: dataset, augmentation: options.augmentation, seed: options.seed, epoch: epoch,
          cache: cache,
          renderer: PictureRenderer(size: options.imageSize, meanPixel: options.meanPixel))
        queue.work(maker)
      }
      thread.name = "batch loader"
      thread.stackSize = 2 << 20
      thread.start()
    }
  }

  /// The next batch, or nil at the end of the epoch. Waits until it is ready.
  /// - Throws: ``DatasetProblem`` naming the picture that cannot be read; the epoch is then over.
  public func next() throws(DatasetProblem) -> Batch? { try queue.next() }

  /// How long ``next()`` has waited for batches altogether.
  public var timeWaited: Duration { queue.timeWaited }

  /// Stops the threads and waits until they have. Without it they stop soon after the loader is
  /// gone.
  public func cancel() { queue.cancel(waits: true) }

  deinit { queue.cancel(waits: false) }
}

/// The batches of an epoch in the making.
///
/// Threads take samples, not batches, so that the first batch is ready as soon as possible.
private final class BatchQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private let batches: [[Int]]
  private let dataset: DetectionDataset
  private let size: Int
  private let depth: Int

  // All of these are guarded by `condition`.
  private var unfinished: [Int: UnfinishedBatch] = [:]
  private var ready: [Int: Result<Batch, DatasetProblem>] = [:]
  private var nextSample = (batch: 0, place: 0)
  private var nextBatch = 0
  private var isCancelled = false
  private var runningWorkers: Int
  private var waited = Duration.zero

  init(_ batches: [[Int]], dataset: DetectionDataset, size: Int, depth: Int, workers: Int) {
    self.batches = batches
    self.dataset = dataset
    self.size = size
    self.depth = depth
    runningWorkers = workers
  }

  var timeWaited: Duration { condition.withLock { waited } }

  func next() throws(DatasetProblem) -> Batch? {
    let result = condition.withLock { () -> Result<Batch, DatasetProblem>? in
      guard nextBatch < batches.count, !isCancelled else { return nil }
      let clock = ContinuousClock()
      let start = clock.now
      while ready[nextBatch] == nil, !isCancelled { condition.wait() }
      waited += clock.now - start
      let result = ready.removeValue(forKey: nextBatch)
      nextBatch += 1
      if case .failure = result { isCancelled = true }
      condition.broadcast()
      return result
    }
    return try result?.get()
  }

  func cancel(waits: Bool) {
    condition.withLock {
      isCancelled = true
      condition.broadcast()
      while waits, runningWorkers > 0 { condition.wait() }
    }
  }

  /// What a thread does until nothing is left.
  func work(_ maker: SampleMaker) {
    while let (batch, place) = takeSample() {
      let result = Result { () throws(DatasetProblem) in
        try maker.make(at: batch.indices[place], into: batch.pixels(of: place))
      }
      finish(result, of: batch, place: place)
    }
    condition.withLock {
      runningWorkers -= 1
      condition.broadcast()
    }
  }

  private func takeSample() -> (UnfinishedBatch, place: Int)? {
    condition.withLock {
      while !isCancelled, nextSample.batch < batches.count, nextSample.batch >= nextBatch + depth {
        condition.wait()
      }
      guard !isCancelled, nextSample.batch < batches.count else { return nil }
      let (number, place) = nextSample
      let batch =
        unfinished[number]
        ?? UnfinishedBatch(number: number, indices: batches[number], size: size)
      unfinished[number] = batch
      nextSample =
        place + 1 < batches[number].count ? (number, place + 1) : (number + 1, 0)
      return (batch, place)
    }
  }

  private func finish(
    _ result: Result<[GroundTruthObject], DatasetProblem>, of batch: UnfinishedBatch, place: Int
  ) {
    let isComplete = condition.withLock {
      switch result {
      case .success(let objects): batch.objects[place] = objects
      // The first sample's problem is reported, whichever thread comes first.
      case .failure(let problem) where place < batch.problem?.place ?? .max:
        batch.problem = (place, problem)
      case .failure: break
      }
      batch.remaining -= 1
      return batch.remaining == 0
    }
    guard isComplete else { return }
    let finished = batch.finished(dataset)
    condition.withLock {
      ready[batch.number] = finished
      unfinished[batch.number] = nil
      condition.broadcast()
    }
  }
}

/// A batch that threads fill, each its own samples.
private final class UnfinishedBatch: @unchecked Sendable {
  let number: Int
  let indices: [Int]
  private let size: Int
  private let pixels: UnsafeMutableBufferPointer<UInt8>

  // Guarded by the queue's lock.
  var objects: [[GroundTruthObject]]
  var remaining: Int
  var problem: (place: Int, problem: DatasetProblem)?

  init(number: Int, indices: [Int], size: Int) {
    self.number = number
    self.indices = indices
    self.size = size
    pixels = .allocate(capacity: indices.count * size * size * 3)
    objects = Array(repeating: [], count: indices.count)
    remaining = indices.count
  }

  deinit { pixels.deallocate() }

  func pixels(of place: Int) -> UnsafeMutableBufferPointer<UInt8> {
    let count = size * size * 3
    return UnsafeMutableBufferPointer(rebasing: pixels[place * count..<(place + 1) * count])
  }

  func finished(_ dataset: DetectionDataset) -> Result<Batch, DatasetProblem> {
    if let problem { return .failure(problem.problem) }
    return .success(
      Batch(
        pixels: Array(pixels), size: size, objects: objects, names: indices.map { dataset[$0].id },
        indices: indices,
        sourceSizes: indices.map { (dataset[$0].width, dataset[$0].height) }))
  }
}
