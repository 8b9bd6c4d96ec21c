#if Training
  import Foundation
  import Inference
  import MultiBox
  import SSD
  import Weights

  /// Two images of noise and what this program computes for them, to check another runtime with.
  struct ExportExample {
    private let configuration: SSDConfiguration
    private let pixels: [UInt8]
    private let predictions: RawPredictions
    private static let imageCount = 2

    init(_ model: ImportedModel) throws {
      let predictor = TorchPredictor(try SSDNetwork(model))
      configuration = predictor.configuration
      var state: UInt64 = 1
      pixels = (0..<Self.imageCount * configuration.imageSize * configuration.imageSize * 3).map {
        _ in
        // Knuth's linear congruential generator: the same images everywhere.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
      }
      predictions = predictor.predict(pixels, imageCount: Self.imageCount)
    }

    /// Writes `images`, `locations`, `scores`, `boxes` and `probabilities` under the names and in
    /// the shapes of the ONNX network's inputs and outputs.
    func write(to url: URL) throws {
      let size = configuration.imageSize
      let plane = size * size
      var images = [Float](repeating: 0, count: pixels.count)
      for index in pixels.indices {
        let (position, channel) = index.quotientAndRemainder(dividingBy: 3)
        let (image, place) = position.quotientAndRemainder(dividingBy: plane)
        images[(image * 3 + channel) * plane + place] = Float(pixels[index])
      }
      let priors = PriorBoxes(configuration)
      let columns = configuration.scoreCount
      func rows(_ values: [Float], _ width: Int) -> StoredTensor {
        StoredTensor(floats: values, shape: [Self.imageCount, priors.count, width])
      }
      try SafeTensors.write(
        [
          ("images", StoredTensor(floats: images, shape: [Self.imageCount, 3, size, size])),
          ("locations", rows(predictions.offsets, 4)),
          ("scores", rows(predictions.logits, columns)),
          ("boxes", rows(boxes(priors), 4)),
          ("probabilities", rows(predictions.scores(columns: columns), columns)),
        ], to: url)
    }

    private func boxes(_ priors: PriorBoxes) -> [Float] {
      (0..<Self.imageCount * priors.count).flatMap { place -> [Float] in
        let box = BoundingBox(
          predictions.offsets(at: place).box(
            from: priors.centerSize[place % priors.count], variances: priors.variances))
        return [box.xMin, box.yMin, box.xMax, box.yMax]
      }
    }
  }
#endif
