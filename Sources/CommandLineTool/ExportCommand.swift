import ArgumentParser
import Foundation
import Weights

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a model for other programs: ONNX or safetensors.",
    discussion: """
      ONNX: the input `images` is float32, (N, 3, size, size): red, green, blue, 0...255; the \
      network normalises it itself. The outputs are `locations` (N, priors, 4) and `scores` \
      (N, priors, classes + 1) as the network gives them, or with --decoded `boxes` (xmin, ymin, \
      xmax, ymax, fractions of the image) and `probabilities`; column 0 is background. What is left \
      to do is to drop boxes that overlap better ones. Class names and priors lie in the metadata.

      Safetensors: the weights under the PyTorch tutorial's names, for \
      `safetensors.torch.load_file`.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case onnx
    case safetensors
  }

  @Argument(
    help: """
      The model, of any known kind, or a preset's name (\(ImportedModel.presetNames)) for random \
      weights.
      """)
  var model: String

  @Argument(help: "The file to write.")
  var output: String

  @Option(help: "onnx or safetensors (default: what the output's name ends in).")
  var format: Format?

  @Flag(help: "ONNX: boxes and probabilities instead of offsets and scores.")
  var decoded = false

  @Option(help: "ONNX: the version of the operators.")
  var opset = 17

  #if Training
    @Option(
      help: ArgumentHelp(
        "Also write images of noise and what this program computes for them, to check with.",
        valueName: "file.safetensors"))
    var example: String?
  #endif

  @Flag(help: "Replace the output if it exists.")
  var force = false

  mutating func validate() throws {
    guard ImportedModel.onnxOpsets.contains(opset) else {
      let range = ImportedModel.onnxOpsets
      throw ValidationError("--opset lies between \(range.lowerBound) and \(range.upperBound)")
    }
  }

  func run() throws {
    let target = try OutputFile(output, force: force).url
    guard let format = format ?? Format(rawValue: target.pathExtension.lowercased()) else {
      throw CommandError("\(output): end the name in .onnx or .safetensors, or say --format")
    }
    guard format == .onnx || !decoded else {
      throw CommandError("--decoded is for ONNX; safetensors hold no computation")
    }
    let model = try ImportedModel(named: model)
    for note in try model.notes + model.notesOnValues() { printError("note: \(note)") }
    switch format {
    case .onnx: try model.writeONNX(to: target, decoded: decoded, opset: opset)
    case .safetensors: try model.write(to: target)
    }
    #if Training
      if let example {
        try ExportExample(model).write(to: OutputFile(example, force: force).url)
      }
    #endif
    let bytes = try target.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    print("\(output): \(model.configuration.name), \(format.rawValue), \(formatted(bytes: bytes))")
  }
}
