import ArgumentParser

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measure how fast this machine detects.",
    discussion: """
      `ssd benchmark MODEL` is short for `ssd benchmark detect MODEL`. Numbers of one machine vary by \
      several per cent from minute to minute: compare what was measured in turn, not what was \
      measured on another day.
      """,
    subcommands: [BenchmarkDetectCommand.self, BenchmarkBoxesCommand.self],
    defaultSubcommand: BenchmarkDetectCommand.self)
}
