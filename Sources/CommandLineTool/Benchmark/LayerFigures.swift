import Foundation
import Inference
import TextTable

/// A network's time layer by layer, beside what the machine could do.
struct LayerFigures: Encodable {
  let profile: NetworkProfile
  /// Of everything that its layers multiply.
  let peaks: [MachinePeak]
}

extension LayerFigures: CustomStringConvertible {
  var description: String {
    let table = TextTable<NetworkProfile.Layer> { layer in
      let definition = layer.operations / layer.seconds
      let executed = layer.executedOperations / layer.seconds
      let peak = peaks.first { $0.operand == layer.operand }
      return [
        Column(title: "layer", value: layer.name),
        Column(title: "kernel", value: layer.kernel),
        Column(
          title: "output",
          value: layer.outputShape.dropFirst().map(String.init).joined(separator: "x")),
        Column(title: "ms", value: String(format: "%.3f", 1000 * layer.seconds), align: .right),
        Column(
          title: "GFLOP/s", value: peak == nil ? "" : String(format: "%.0f", definition / 1e9),
          align: .right),
        Column(
          title: "of peak",
          value: peak.map { String(format: "%.0f %%", 100 * executed / $0.operationsPerSecond) }
            ?? "",
          align: .right),
      ]
    }
    let rates = peaks.map {
      "\($0.operand.rawValue) \(String(format: "%.0f", $0.operationsPerSecond / 1e9))"
    }
    let sum = profile.layers.reduce(0) { $0 + $1.operations }
    return """
      \(table.string(for: profile.layers) ?? "")
      \(String(format: "%.2f", 1000 * profile.seconds)) ms for \
      \(String(format: "%.1f", sum / 1e9)) GFLOP in one image; measured peak: \
      \(rates.joined(separator: ", ")) GFLOP/s (\(peaks[0].instructionSet.rawValue), \
      \(peaks[0].threadCount) threads). GFLOP/s: by definition of the layer; of peak: what the algorithm \
      really multiplies, as a share of the peak of such products.
      """
  }
}
