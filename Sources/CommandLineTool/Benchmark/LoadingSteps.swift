import Datasets
import Foundation
import Images
import MultiBox

/// The steps from a picture's file to a training sample, each by itself.
struct LoadingSteps {
  let dataset: DetectionDataset
  /// Width and height of the network's input.
  let size: Int

  /// What the time of all samples went to, in seconds.
  struct Times: Encodable {
    /// Reading the files, drawing what is to be done.
    var reading = 0.0
    var decoding = 0.0
    /// Resampling and laying on the canvas.
    var geometry = 0.0
    var photometric = 0.0

    var total: Double { reading + decoding + geometry + photometric }
  }

  /// Makes samples with and without photometric distortions in turn; the difference is what these
  /// take.
  func timed(samples: Int, firstEpoch: Int) throws -> Times {
    let mean = PixelNormalization.imageNet.meanPixel
    let renderer = PictureRenderer(size: size, meanPixel: mean)
    let pixels = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: size * size * 3)
    defer { pixels.deallocate() }
    var times = Times()
    for sample in 0..<samples {
      let start = ContinuousClock.now
      let image = dataset[sample % dataset.count]
      var generator = SeededGenerator(
        seed: 0, stream: UInt64(firstEpoch + sample / dataset.count), UInt64(sample))
      var parameters = AugmentationParameters.drawn(
        .standard, width: image.width, height: image.height,
        boxes: image.objects.map { image.convention.zeroBased($0.box) }, using: &generator)
      let encoded = try EncodedImage(contentsOf: image.file)
      let read = ContinuousClock.now
      let decodedBefore = renderer.timeDecoding
      try renderer.render(encoded, parameters, into: pixels)
      let rendered = ContinuousClock.now
      let decoding = renderer.timeDecoding - decodedBefore
      parameters.distortions = []
      let plainBefore = renderer.timeDecoding
      try renderer.render(encoded, parameters, into: pixels)
      let geometry = (ContinuousClock.now - rendered) - (renderer.timeDecoding - plainBefore)
      times.reading += (read - start) / .seconds(1)
      times.decoding += decoding / .seconds(1)
      times.geometry += geometry / .seconds(1)
      times.photometric += (rendered - read - decoding - geometry) / .seconds(1)
    }
    return times
  }

  /// How long a thread takes for samples one after the other, as a loader makes them.
  func secondsOfOneThread(samples: Int, firstEpoch: Int) throws -> Double {
    try secondsOfLoader(samples: samples, workers: 1, firstEpoch: firstEpoch)
  }

  /// How long a loader's threads take for samples, in batches of 16.
  func secondsOfLoader(samples: Int, workers: Int, firstEpoch: Int = 0) throws -> Double {
    let start = ContinuousClock.now
    var made = 0
    var epoch = firstEpoch
    while made < samples {
      let loader = BatchLoader(
        dataset,
        BatchLoader.Options(
          batchSize: min(16, dataset.count), imageSize: size, workers: workers),
        epoch: epoch)
      while made < samples, let batch = try loader.next() { made += batch.count }
      loader.cancel()
      epoch += 1
    }
    // Of the last batch, too many samples may have been made.
    return (ContinuousClock.now - start) / .seconds(1) * Double(samples) / Double(made)
  }
}
