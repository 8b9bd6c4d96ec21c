extension Batch {
  /// One picture of a data set as evaluation sees it: only resized, as
  /// ``BatchLoader/Options/evaluation(batchSize:imageSize:)`` makes it, but here and now.
  ///
  /// - Throws: ``DatasetProblem`` naming the picture when it cannot be read.
  public init(
    _ dataset: DetectionDataset, at index: Int, imageSize: Int
  ) throws(DatasetProblem) {
    let options = BatchLoader.Options.evaluation(batchSize: 1, imageSize: imageSize)
    let maker = SampleMaker(
      dataset: dataset, augmentation: options.augmentation, seed: options.seed, epoch: 0,
      cache: nil, renderer: PictureRenderer(size: imageSize, meanPixel: options.meanPixel))
    var pixels = [UInt8](repeating: 0, count: imageSize * imageSize * 3)
    let objects = try pixels.withUnsafeMutableBufferPointer { pixels throws(DatasetProblem) in
      try maker.make(at: index, into: pixels)
    }
    self.init(
      pixels: pixels, size: imageSize, objects: [objects], names: [dataset[index].id],
      indices: [index], sourceSizes: [(dataset[index].width, dataset[index].height)])
  }
}
