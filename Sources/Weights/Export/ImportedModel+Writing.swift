import Foundation
import MultiBox

extension ImportedModel {
  /// Writes the model as this package's own safetensors: the weights under PyTorch's names, the
  /// configuration and what the file said about itself in the metadata.
  ///
  /// The state of a training run is left out, so the result can be trained from but not resumed.
  ///
  /// - Parameters:
  ///   - url: the file, `.safetensors`.
  ///   - scalarType: of the weights on disk, `.float32` or `.float16`.
  /// - Throws: ``WeightFileError``; the file appears whole or not at all.
  public func write(to url: URL, as scalarType: ScalarType = .float32) throws {
    try writeParameters(
      of: self,
      metadata: [
        configurationKey: try json(configuration)
      ], as: scalarType, to: url)
  }
}

extension ImportedBase {
  /// Writes the base network as this package's own safetensors: the weights under `base.`, what they
  /// belong to in the metadata.
  ///
  /// - Parameters:
  ///   - url: the file, `.safetensors`.
  ///   - scalarType: of the weights on disk, `.float32` or `.float16`.
  /// - Throws: ``WeightFileError``; the file appears whole or not at all.
  public func write(to url: URL, as scalarType: ScalarType = .float32) throws {
    try writeParameters(
      of: self,
      metadata: [
        BaseDescription.metadataKey: try json(
          BaseDescription(base: base, imageSize: imageSize, normalization: normalization))
      ], as: scalarType, to: url)
  }
}

/// What our own files of a base network say about it, as JSON in the metadata.
struct BaseDescription: Codable {
  static let metadataKey = "base"

  var base: BaseNetwork
  /// The rows and columns of the images that the base belongs to; 300 where it is missing.
  var imageSize: Int?
  var normalization: PixelNormalization
}

/// The state of a run, which makes no sense without the momentum that lies beside it.
private let trainingKey = "training"

private func writeParameters(
  of archive: some TensorArchive, metadata: [String: String], as type: ScalarType, to url: URL
) throws {
  var all = archive.metadata.merging(metadata) { $1 }
  all["format"] = "swift-ssd"
  all[trainingKey] = nil
  let tensors = try archive.names.map { name in
    let tensor = try archive.tensor(name)
    if type == .float16 { try checkRange(tensor, name, archive.url) }
    return (name: name, tensor: tensor.converted(to: type))
  }
  try SafeTensors.write(tensors, metadata: all, to: url)
}

/// Larger numbers would silently become infinite.
private func checkRange(_ tensor: StoredTensor, _ name: String, _ url: URL) throws {
  let limit = Float(Float16.greatestFiniteMagnitude)
  let largest = try tensor.floats().withUnsafeBufferPointer { values in
    values.reduce(0) { max($0, $1.isFinite ? abs($1) : 0) }
  }
  guard largest <= limit else {
    throw WeightFileError(
      url, tensor: name,
      .unsupported("it holds \(largest), which half precision (up to \(limit)) cannot"))
  }
}

private func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
