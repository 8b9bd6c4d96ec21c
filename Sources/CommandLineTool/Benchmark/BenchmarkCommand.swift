import ArgumentParser

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measure how fast this machine detects, trains and loads.",
    discussion: """
      `ssd benchmark MODEL` is short for `ssd benchmark detect MODEL`. Numbers of one machine vary by \
      several per cent from minute to minute: compare what was measured in turn, not what was \
      measured on another day.
      """,
    subcommands: subcommands, defaultSubcommand: BenchmarkDetectCommand.self)

  private static var subcommands: [any ParsableCommand.Type] {
    var commands: [any ParsableCommand.Type] = [
      BenchmarkDetectCommand.self, BenchmarkBoxesCommand.self,
    ]
    #if Training
      commands += [BenchmarkTrainCommand.self]
    #endif
    return commands + [BenchmarkDataCommand.self]
  }
}
