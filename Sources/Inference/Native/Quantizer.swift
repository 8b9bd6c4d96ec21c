import Images
import MultiBox
import Weights

/// Turns a model into one whose convolutions multiply bytes, after training: weights are rounded
/// channel by channel, maps by the ranges that their values have on some images.
public struct Quantizer: Sendable {
  private let model: ImportedModel
  private let threads: Int?

  /// The error that a quantised model may have: of the raw outputs, in the Euclidean sense, as a
  /// fraction of them.
  public var tolerance: Float

  /// - Parameters:
  ///   - tolerance: maps that would bring the outputs' error above this stay as they are.
  ///   - threads: the number of threads; nil for as many as the process has processors.
  public init(_ model: ImportedModel, tolerance: Float = 0.04, threads: Int? = nil) {
    self.model = model
    self.tolerance = tolerance
    self.threads = threads
  }

  /// Quantises for images like these.
  ///
  /// - Parameters:
  ///   - images: some hundred are enough; the first 8 measure the error.
  ///   - progress: is told what has been done, as a fraction.
  /// - Throws: ``/Weights/WeightFileError`` when the model cannot be read.
  /// - Precondition: there is an image.
  public func quantize(
    calibratedWith images: some Collection<Image>, progress: (Double) -> Void = { _ in }
  ) throws -> QuantizedModel {
    precondition(!images.isEmpty, "calibration needs an image")
    let size = model.configuration.imageSize
    let reference = try NativePredictor(model, precision: .float32, threads: threads)
    let limit = reference.instructionSet.activationLimit

    var maxima: [String: Float] = [:]
    for (index, image) in images.enumerated() {
      try reference.visitMaps(of: image.resized(width: size, height: size).pixels) { name, values in
        maxima[name] = max(maxima[name] ?? 0, values.max() ?? 0)
      }
      progress(0.3 * Double(index + 1) / Double(images.count))
    }
    var histograms = maxima.mapValues { RangeHistogram(maximum: $0) }
    for (index, image) in images.enumerated() {
      try reference.visitMaps(of: image.resized(width: size, height: size).pixels) { name, values in
        histograms[name]?.add(values)
      }
      progress(0.3 + 0.3 * Double(index + 1) / Double(images.count))
    }

    let graph = model.configuration.graph
    let plan = LayerPlan(graph, imageSize: size, element: .float32)
    // Negative factors of an L2 normalization make negative values; bytes have no sign.
    let negativeMaps = Set(
      try graph.layers.filter { layer in
        try (layer.scaleName).map { try model.floats($0).contains { $0 < 0 } } ?? false
      }.map(\.name))
    var ranges: [String: Float] = [:]
    for (map, _) in plan.quantizableMaps {
      let name = plan.maps[map].name
      if negativeMaps.contains(name) { continue }
      ranges[name] = histograms[name]?.bestRange(steps: limit)
    }

    let samples = images.prefix(8).flatMap { $0.resized(width: size, height: size).pixels }
    let sampleCount = min(8, images.count)
    let expected = try reference.predict(samples, imageCount: sampleCount)
    func outputError(_ ranges: [String: Float]) throws -> Float {
      let found = try NativePredictor(
        model, precision: .int8, threads: threads, instructionSet: reference.instructionSet,
        quantization: Quantization(ranges: ranges)
      ).predict(samples, imageCount: sampleCount)
      return max(
        euclideanError(found.offsets, expected.offsets),
        euclideanError(found.logits, expected.logits))
    }
    // What is not stored as bytes is bfloat16 or float32, and has an error of its own.
    let base = try outputError([:])
    var errors: [String: Float] = [:]
    for (index, (name, range)) in ranges.sorted(by: { $0.key < $1.key }).enumerated() {
      let total = try outputError([name: range])
      errors[name] = max(0, total * total - base * base).squareRoot()
      progress(0.6 + 0.4 * Double(index + 1) / Double(ranges.count))
    }
    // Independent errors add up in squares, nearly. Those maps stay that cost most, until the rest fits.
    var kept: [QuantizedModel.KeptMap] = []
    var total = try outputError(ranges)
    for (name, error) in errors.sorted(by: { $0.value > $1.value }) where total > tolerance {
      ranges[name] = nil
      kept.append(.init(name: name, error: error))
      let rest = ranges.keys.reduce(base * base) {
        $0 + errors[$1, default: 0] * errors[$1, default: 0]
      }
      if rest.squareRoot() <= tolerance || ranges.isEmpty { total = try outputError(ranges) }
    }
    return QuantizedModel(
      model: model, quantization: Quantization(ranges: ranges), keptMaps: kept, error: total)
  }
}

/// The L2 norm of the difference, as a fraction of the norm of what was expected.
private func euclideanError(_ values: [Float], _ expected: [Float]) -> Float {
  var difference = 0.0
  var length = 0.0
  for (value, expected) in zip(values, expected) {
    difference += Double((value - expected) * (value - expected))
    length += Double(expected * expected)
  }
  return length > 0 ? Float((difference / length).squareRoot()) : 0
}
