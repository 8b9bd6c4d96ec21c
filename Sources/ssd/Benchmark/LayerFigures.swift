import Foundation
import Inference
import TextTable

/// A network's time layer by layer, beside what the machine could do.
struct LayerFigures: Encodable {
  let profile: NetworkProfile
  let peak: MachinePeak
}

extension LayerFigures: CustomStringConvertible {
  var description: String {
    let table = TextTable<NetworkProfile.Layer> { layer in
      let definition = layer.operations / layer.seconds
      let executed = layer.executedOperations / layer.seconds
      let share = 100 * executed / peak.operationsPerSecond
      let hasProducts = layer.operations > 0
      return [
        Column(title: "layer", value: layer.name),
        Column(title: "kernel", value: layer.kernel),
        Column(
          title: "output",
          value: layer.outputShape.dropFirst().map(String.init).joined(separator: "x")),
        Column(title: "ms", value: String(format: "%.3f", 1000 * layer.seconds), align: .right),
        Column(
          title: "GFLOP/s", value: hasProducts ? String(format: "%.0f", definition / 1e9) : "",
          align: .right),
        Column(
          title: "of peak", value: hasProducts ? String(format: "%.0f %%", share) : "",
          align: .right),
      ]
    }
    let sum = profile.layers.reduce(0) { $0 + $1.operations }
    return """
      \(table.string(for: profile.layers) ?? "")
      \(String(format: "%.2f", 1000 * profile.seconds)) ms for \
      \(String(format: "%.1f", sum / 1e9)) GFLOP in one image; measured peak \
      \(String(format: "%.0f", peak.operationsPerSecond / 1e9)) GFLOP/s (\(peak.precision.rawValue), \
      \(peak.instructionSet.rawValue), \(peak.threadCount) threads). GFLOP/s: by definition of the layer; of \
      peak: what the algorithm really multiplies.
      """
  }
}
