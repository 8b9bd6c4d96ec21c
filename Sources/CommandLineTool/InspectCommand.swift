import ArgumentParser
import Foundation
import Weights

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Say what a file of weights holds.",
    discussion: """
      Reads safetensors, PyTorch's checkpoints and Caffe's models without running anything in them. \
      Of an unknown layout the tensors are listed.
      """)

  @Argument(help: "The file.")
  var file: String

  @Flag(help: "List every tensor with its shape and type.")
  var tensors = false

  @Option(help: "File for the description as JSON, - for the standard output.")
  var json: String?

  func run() throws {
    let inspection = try WeightInspection(contentsOf: URL(filePath: file), path: file)
    if let json {
      try JSONOutput.write(inspection, to: json)
      if json == "-" { return }
    }
    print(inspection.summary)
    guard tensors || inspection.layout == nil else { return }
    let width = inspection.tensors.map(\.name.count).max() ?? 0
    for tensor in inspection.tensors {
      let name = tensor.name.padding(toLength: width, withPad: " ", startingAt: 0)
      print(
        "  \(name)  \(tensor.type.padding(toLength: 4, withPad: " ", startingAt: 0))",
        terminator: "")
      print("  \(tensor.shape)")
    }
  }
}
