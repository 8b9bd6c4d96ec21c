import ArgumentParser
import Foundation
import Weights

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Turn any known checkpoint into safetensors.",
    discussion: """
      Opens models of this program, of the PyTorch tutorial (whole models too), amdegroot, lufficc, \
      torchvision and the authors' Caffe code, and VGG-16 bases of torchvision, timm and Caffe; \
      nothing in the file is run. Models keep their classes, priors and normalisation. A base is \
      reduced to conv1_1 to conv7 and serves `ssd train --base`.
      """)

  @Argument(help: "The checkpoint.")
  var input: String

  @Argument(help: "The file to write, OUT.safetensors.")
  var output: String

  @Flag(help: "Write half precision: half the size; reading turns it back into float32.")
  var half = false

  @Flag(help: "Replace the output if it exists.")
  var force = false

  func run() throws {
    let target = try OutputFile(output, force: force).url
    guard target.pathExtension == "safetensors" else {
      throw CommandError("\(output): the name must end in .safetensors (see also `ssd export`)")
    }
    let checkpoint = try ImportedCheckpoint(contentsOf: URL(filePath: input))
    print("\(input): \(checkpoint.layout)")
    let type: ScalarType = half ? .float16 : .float32
    switch checkpoint {
    case .model(let model): try model.write(to: target, as: type)
    case .base(let base): try base.write(to: target, as: type)
    }
    let written = try SafeTensors(contentsOf: target)
    for note in try checkpoint.notes + written.notesOnValues() { print("note: \(note)") }
    let bytes = (try target.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    print("\(output): \(written.names.count) tensors, \(type.rawValue), \(formatted(bytes: bytes))")
  }
}

/// A file that is about to be written.
struct OutputFile {
  let url: URL

  /// Refuses to replace a file unless `force` says so.
  init(_ path: String, force: Bool) throws {
    url = URL(filePath: path)
    guard force || !FileManager.default.fileExists(atPath: url.path) else {
      throw CommandError("\(path) exists; add --force to replace it")
    }
  }
}

extension ImportedCheckpoint {
  /// What the file left open and how it was decided.
  var notes: [String] {
    switch self {
    case .model(let model): model.notes
    case .base(let base): base.notes
    }
  }
}

extension TensorArchive {
  /// What nobody expects of weights.
  func notesOnValues() throws -> [String] {
    let names = try namesOfNotFinite()
    guard let first = names.first else { return [] }
    let others = names.count > 1 ? " (and \(names.count - 1) more)" : ""
    return ["\(first)\(others) holds numbers that are not finite: no detector works with them"]
  }
}

/// Sizes of files as people say them; a megabyte is a million bytes.
func formatted(bytes: Int) -> String {
  switch bytes {
  case ..<1000: "\(bytes) bytes"
  case ..<1_000_000: String(format: "%.1f kB", Double(bytes) / 1e3)
  case ..<1_000_000_000: String(format: "%.1f MB", Double(bytes) / 1e6)
  default: String(format: "%.2f GB", Double(bytes) / 1e9)
  }
}
