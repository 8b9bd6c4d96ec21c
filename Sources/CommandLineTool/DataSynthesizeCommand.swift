import ArgumentParser
import Datasets
import Foundation

struct DataSynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Render annotated pictures of textured shapes, in Pascal VOC's layout.")

  @Argument(help: "The folder to make; it must not hold a data set yet.")
  var folder: String

  @Option(help: "Pictures in the list trainval.")
  var train = 1000

  @Option(help: "Pictures in the list test.")
  var test = 200

  @Option(
    help: """
      simple: 1 to 4 large shapes on smooth backgrounds. cluttered: 1 to 8 shapes of 5 % to 80 % of \
      the picture, overlapping, on busy backgrounds.
      """)
  var difficulty = SyntheticShapes.Difficulty.simple

  @Option(help: "The same seed gives the same pictures.")
  var seed: UInt64 = 0

  @Option(help: "The most objects in a picture (at least 1).")
  var objects: Int?

  mutating func validate() throws {
    guard train > 0, test >= 0 else {
      throw ValidationError("--train must be at least 1, --test at least 0")
    }
    if let objects, objects < 1 { throw ValidationError("--objects must be at least 1") }
  }

  func run() throws {
    let url = URL(filePath: folder)
    guard !FileManager.default.fileExists(atPath: url.appending(path: "Annotations").path) else {
      throw CommandError("\(url.path) holds a data set already; choose another folder")
    }
    var shapes = SyntheticShapes(difficulty, seed: seed)
    if let objects { shapes.objectCounts = 1...objects }
    var line = ProgressLine()
    try shapes.write(to: url, trainingCount: train, testCount: test) { count in
      line.show("\(count) of \(train + test) pictures")
    }
    line.close()
    print(
      """
      \(train) training and \(test) test pictures of \
      \(shapes.classes.labels.joined(separator: ", ")) -> \(folder)
      """)
  }
}

extension SyntheticShapes.Difficulty: ExpressibleByArgument {}
