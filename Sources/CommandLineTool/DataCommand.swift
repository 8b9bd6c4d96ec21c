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

  @Argument(help: "The folder, or one of its lists: VOC2007/trainval. Several are joined by +.")
  var folder: String

  @Option(help: "The only classes allowed, separated by commas (`voc` for Pascal VOC's twenty).")
  var classes: String?

  @Flag(help: "Read only the headers of images: faster, but damage in the middle goes unnoticed.")
  var headersOnly = false

  func run() throws {
    let allowed: ClassList? = try classes.map {
      $0 == "voc"
        ? .voc : try ClassList(validating: $0.split(separator: ",").map(String.init))
    }
    let sources = DatasetSource.parse(folder)
    for source in sources {
      let path = source.folder.path
      guard FileManager.default.fileExists(atPath: path) else {
        throw CommandError("there is no folder \(path)")
      }
      guard !FileManager.default.fileExists(atPath: path + "/label_map.json") else {
        throw CommandError(
          "\(path) holds lists (`ssd data lists`): check the folder that they were made of")
      }
    }
    // Of a whole folder, the lists are looked at as well.
    let isWhole = sources.count == 1 && sources[0].split == nil
    let check =
      isWhole
      ? DatasetCheck(folder: sources[0].folder, classes: allowed, decodesImages: !headersOnly)
      : DatasetCheck(voc: sources, classes: allowed, decodesImages: !headersOnly)
    for problem in check.problems { print(problem.description) }
    print(
      """
      \(check.imageCount) images, \(check.objectCount) objects, \
      \(check.problems.count) problem\(check.problems.count == 1 ? "" : "s")
      """)
    if !check.problems.isEmpty { throw ExitCode.failure }
  }
}
