import ArgumentParser
import Foundation

@main
struct SSDCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ssd",
    abstract: "Single Shot MultiBox Detector: train, evaluate and detect.",
    discussion: """
      A first detector in four steps:
        ssd data synthesize shapes
        ssd train shapes --recipe shapes
        ssd evaluate runs/shapes/best.safetensors shapes
        ssd detect runs/shapes/best.safetensors shapes/JPEGImages --output pictures
      """,
    version: "0.1.0",
    subcommands: subcommands)

  /// As `ParsableCommand` does it, but with words for what Foundation reports in codes.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
      guard fflush(nil) == 0 else {
        throw CommandError(
          "the standard output could not be written: \(String(cString: strerror(errno)))")
      }
    } catch let error as CocoaError {
      exit(withError: CommandError(error))
    } catch {
      exit(withError: error)
    }
  }

  private static var subcommands: [any ParsableCommand.Type] {
    var commands: [any ParsableCommand.Type] = []
    #if Training
      commands += [TrainCommand.self]
    #endif
    commands += [
      EvaluateCommand.self, ReportCommand.self, DetectCommand.self, DataCommand.self,
      ExplainCommand.self, ConvertCommand.self, InspectCommand.self, ExportCommand.self,
      QuantizeCommand.self,
    ]
    #if Downloads
      commands += [DownloadCommand.self]
    #endif
    return commands + [BenchmarkCommand.self, DoctorCommand.self]
  }
}
