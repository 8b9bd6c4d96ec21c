import ArgumentParser
import Datasets
import Explain
import Foundation
import Images
import MultiBox
import Weights

struct DataStatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Say what a data set holds, and how well a network's priors fit it.",
    discussion: """
      Classes, sizes, aspect ratios; which share of the objects some prior overlaps by more than a half \
      after matching, and which never can; and scales and ratios that would fit better.
      """)

  @Argument(help: DataSelection.help)
  var data: String

  @OptionGroup var network: NetworkOptions

  @Option(help: "File for the figures as JSON, - for the standard output.")
  var json: String?

  @Option(name: .shortAndLong, help: "File for a picture of the figures: PNG, JPEG, WebP or SVG.")
  var output: String?

  @Option(help: "File for the scales and ratios that would fit better, for `ssd train --priors`.")
  var priors: String?

  @Flag(help: "Do not search for better scales and ratios, which takes some seconds.")
  var skipSuggestion = false

  mutating func validate() throws {
    try output.map { try PictureName.check($0) }
    guard priors == nil || !skipSuggestion else {
      throw ValidationError("--priors and --skip-suggestion exclude each other")
    }
  }

  func run() throws {
    let selection = try DataSelection(data, for: .training)
    let dataset = try selection.dataset()
    let configuration = try network.configuration(classes: dataset.classes)
    let statistics = DatasetStatistics(dataset)
    let coverage = PriorCoverage(dataset, configuration: configuration)
    let suggestion =
      skipSuggestion || coverage.objects.isEmpty
      ? nil : PriorSuggestion(for: coverage.objects.map(\.box), configuration: configuration)
    let report = StatisticsReport(
      name: "\(selection)", dataset: dataset, statistics: statistics, configuration: configuration,
      coverage: coverage, suggestion: suggestion)
    if json != "-" { print(report.text) }
    try json.map { try JSONOutput.write(report.figures, to: $0) }
    if let priors {
      try PriorFile.write(suggestion?.configuration ?? configuration, to: priors)
      if json != "-" { print("\(priors): the priors for `ssd train --priors`") }
    }
    if let output {
      let canvas = try StatisticsExplanation(
        statistics, coverage: coverage, configuration: configuration, classes: dataset.classes,
        name: "\(selection)"
      ).figure.canvas
      try canvas.write(to: URL(filePath: output))
      if json != "-" { print("\(output): \(canvas.width) x \(canvas.height) pixels") }
    }
  }
}
