import Foundation
import TextTable

/// The figures of loading, as they are printed and written.
struct LoadingBenchmark: Encodable {
  let data: String
  let samples: Int
  let machine = Machine()
  /// Of one thread, all samples together.
  let seconds: LoadingSteps.Times
  let imagesPerSecondAndCore: Double
  let workers: Int
  let imagesPerSecondOfAllWorkers: Double

  init(
    data: String, samples: Int, times: LoadingSteps.Times, workers: Int,
    secondsOfAllWorkers: Double
  ) {
    self.data = data
    self.samples = samples
    seconds = times
    imagesPerSecondAndCore = Double(samples) / times.total
    self.workers = workers
    imagesPerSecondOfAllWorkers = Double(samples) / secondsOfAllWorkers
  }
}

extension LoadingBenchmark: CustomStringConvertible {
  var description: String {
    let stages = [
      ("file and draw", seconds.reading), ("decoding", seconds.decoding),
      ("geometry", seconds.geometry), ("photometric", seconds.photometric),
      ("sample", seconds.total),
    ]
    let table = TextTable<(String, Double)> { name, time in
      [
        Column(title: "milliseconds", value: name),
        Column(
          title: "mean", value: String(format: "%.3f", 1000 * time / Double(samples)),
          align: .right),
        Column(
          title: "share", value: String(format: "%.1f %%", 100 * time / seconds.total),
          align: .right),
      ]
    }
    return """
      \(data): \(samples) samples
      \(machine)

      \(table.string(for: stages) ?? "")
      \(String(format: "%.0f", imagesPerSecondAndCore)) images/s and core; \
      \(String(format: "%.0f", imagesPerSecondOfAllWorkers)) images/s with \(workers) threads
      """
  }
}
