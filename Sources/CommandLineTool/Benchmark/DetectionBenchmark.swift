import Foundation
import Inference
import MultiBox
import TextTable

#if Training
  import SSD
#endif

/// The figures of one benchmark, as they are printed and written.
struct DetectionBenchmark: Encodable {
  let model: String
  let network: String
  let imageSize: Int
  let classes: Int
  let batch: Int
  let engine: String
  let machine = Machine()
  /// Milliseconds for a batch, from the picture's bytes to the network's pixels.
  let preprocessingMilliseconds: Timings
  /// Milliseconds for a batch, from pixels to raw predictions.
  let networkMilliseconds: Timings
  /// Milliseconds for a batch, from raw predictions to boxes.
  let postprocessingMilliseconds: Timings
  /// Milliseconds for a batch.
  let totalMilliseconds: Timings
  let imagesPerSecond: Double
  /// Bytes.
  let peakMemory = Machine.peakMemory
  /// Of one image; nil for an engine that does not tell.
  let layers: LayerFigures?

  init(
    model: String, predictor: any Predictor, batch: Int, times: DetectionSteps.Times,
    layers: LayerFigures?
  ) {
    let configuration = predictor.configuration
    engine =
      (predictor as? NativePredictor).map {
        "native, \($0.precision.rawValue), \($0.instructionSet.rawValue), \($0.threadCount) threads"
      } ?? Self.libtorch(predictor)
    self.layers = layers
    self.model = model
    network = configuration.name
    imageSize = configuration.imageSize
    classes = configuration.classes.count
    self.batch = batch
    preprocessingMilliseconds = times.preprocessing
    networkMilliseconds = times.network
    postprocessingMilliseconds = times.postprocessing
    totalMilliseconds = times.total
    imagesPerSecond = 1000 * Double(batch) / times.total.percentile(0.5)
  }

  private static func libtorch(_ predictor: any Predictor) -> String {
    #if Training
      if let predictor = predictor as? TorchPredictor {
        return "libtorch, \(predictor.precision), \(predictor.device.formatted)"
      }
    #endif
    return "libtorch"
  }
}

extension DetectionBenchmark: CustomStringConvertible {
  var description: String {
    let steps = [
      ("pre-processing", preprocessingMilliseconds), ("network", networkMilliseconds),
      ("post-processing", postprocessingMilliseconds), ("total", totalMilliseconds),
    ]
    let table = TextTable<(String, Timings)> { name, timings in
      [
        Column(title: "milliseconds", value: name),
        Column(title: "p50", value: Self.text(timings.percentile(0.5)), align: .right),
        Column(title: "p95", value: Self.text(timings.percentile(0.95)), align: .right),
        Column(title: "p99", value: Self.text(timings.percentile(0.99)), align: .right),
      ]
    }
    let runs = totalMilliseconds.milliseconds.count
    return """
      \(model): \(network), \(classes) classes, batch \(batch), \(runs) runs
      \(engine)
      \(machine)

      \(table.string(for: steps) ?? "")
      \(Self.text(imagesPerSecond)) images/s, \(formatted(bytes: peakMemory)) of memory at most
      """ + (layers.map { "\n\n\($0)" } ?? "")
  }

  private static func text(_ number: Double) -> String {
    String(format: number < 10 ? "%.2f" : "%.1f", number)
  }
}
