#if Training
  import Datasets
  import MultiBox

  /// Batches to measure training with: the same noise again and again, or a data set's for ever.
  final class BatchSource {
    private let dataset: DetectionDataset?
    private let noise: Batch?
    private let options: BatchLoader.Options
    private var loader: BatchLoader?
    private var epoch = 0

    /// Noise.
    init(batchSize: Int, configuration: SSDConfiguration) {
      dataset = nil
      options = BatchLoader.Options(batchSize: batchSize)
      noise = Batch.noise(
        count: batchSize, size: configuration.imageSize, classes: configuration.classes.count)
    }

    /// Pictures, augmented as in training.
    init(
      _ dataset: DetectionDataset, batchSize: Int, configuration: SSDConfiguration, workers: Int
    ) throws {
      guard dataset.count >= batchSize else {
        throw CommandError("--data has \(dataset.count) pictures, fewer than a batch")
      }
      self.dataset = dataset
      noise = nil
      options = BatchLoader.Options(
        batchSize: batchSize, imageSize: configuration.imageSize,
        meanPixel: configuration.normalization.meanPixel, workers: workers)
    }

    deinit { loader?.cancel() }

    func next() throws -> Batch {
      guard let dataset else { return noise! }
      while true {
        let loader = self.loader ?? BatchLoader(dataset, options, epoch: epoch)
        self.loader = loader
        if let batch = try loader.next() { return batch }
        epoch += 1
        self.loader = nil
      }
    }
  }
#endif
