import ArgumentParser
import Datasets
import Foundation
import MultiBox

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Check, show, count, convert and make annotated images.",
    subcommands: [
      DataCheckCommand.self, DataShowCommand.self, DataStatsCommand.self, DataListsCommand.self,
      DataSynthesizeCommand.self,
    ])
}

struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Name every problem of a Pascal VOC folder.",
    discussion: "Exits with 1 when there is a problem. Training leaves out what this names.")

  @Argument(help: "The folder.")
  var folder: String

  @Option(help: "The only classes allowed, separated by commas (`voc` for Pascal VOC's twenty).")
  var classes: String?

  @Flag(help: "Read only the headers of images: faster, but damage in the middle goes unnoticed.")
  var headersOnly = false

  func run() throws {
    let url = URL(filePath: folder)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw CommandError("there is no folder \(url.path)")
    }
    let allowed: ClassList? = try classes.map {
      $0 == "voc"
        ? .voc : try ClassList(validating: $0.split(separator: ",").map(String.init))
    }
    let check = DatasetCheck(folder: url, classes: allowed, decodesImages: !headersOnly)
    for problem in check.problems { print(problem.description) }
    print(
      """
      \(check.imageCount) images, \(check.objectCount) objects, \
      \(check.problems.count) problem\(check.problems.count == 1 ? "" : "s")
      """)
    if !check.problems.isEmpty { throw ExitCode.failure }
  }
}
