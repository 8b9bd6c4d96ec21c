import ArgumentParser
import Datasets
import Foundation
import Images
import MultiBox

struct BenchmarkDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Time the way of pictures from their files into batches.",
    discussion: """
      Training samples with the paper's augmentation, made by one thread without a cache of decoded \
      pictures, and once by all threads as in training.
      """)

  @Argument(help: DataSelection.help)
  var data: String

  @Option(help: "Samples to measure.")
  var samples = 1000

  @Option(help: "Width and height of the network's input.")
  var size = 300

  @Option(help: "Threads of the second measurement.")
  var workers = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "File for the figures as JSON, - for the standard output.")
  var json: String?

  @Flag(
    help: """
      Make as many samples as each line of the standard input says, with one thread, and answer each \
      line with a line of JSON: for measuring in turn with another program.
      """)
  var onDemand = false

  mutating func validate() throws {
    for (name, value) in [("samples", samples), ("workers", workers)] where value < 1 {
      throw ValidationError("--\(name) must be at least 1")
    }
    guard (32...2048).contains(size) else { throw ValidationError("--size must be 32 to 2048") }
  }

  func run() throws {
    let dataset = try DataSelection(data, for: .training).dataset()
    let loading = LoadingSteps(dataset: dataset, size: size)
    if onDemand { return try serve(loading) }
    // Once through, so that the files are in memory for all measurements alike.
    _ = try loading.timed(samples: min(samples, dataset.count), firstEpoch: 0)
    let times = try loading.timed(samples: samples, firstEpoch: 1)
    let report = LoadingBenchmark(
      data: data, samples: samples, times: times, workers: workers,
      secondsOfAllWorkers: try loading.secondsOfLoader(samples: samples, workers: workers))
    if json != "-" { print(report) }
    try json.map { try JSONOutput.write(report, to: $0) }
  }

  private func serve(_ loading: LoadingSteps) throws {
    var epoch = 0
    try OnDemand.serve { count in
      defer { epoch += 1 + count / loading.dataset.count }
      return OnDemand.Answer(
        seconds: try loading.secondsOfOneThread(samples: count, firstEpoch: epoch))
    }
  }
}
