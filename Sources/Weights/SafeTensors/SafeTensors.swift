import Foundation

/// A safetensors file: a JSON header, then the tensors' bytes. Memory-mapped, read lazily.
///
/// Format: https://github.com/huggingface/safetensors. Everything a file can be wrong about is
/// checked when it is opened.
public struct SafeTensors: TensorArchive {
  /// The file it was opened from.
  public var url: URL { file.url }
  /// The names of the tensors, in the order of their data.
  public let names: [String]
  /// The texts under the header's key `__metadata__`.
  public let metadata: [String: String]

  private let file: MappedFile
  private let entries: [String: Entry]

  /// Where a tensor's bytes lie in the file.
  private struct Entry {
    var shape: [Int]
    var scalarType: ScalarType
    var range: Range<Int>
  }

  /// The most bytes a header may have; the reference implementation's limit.
  static let maximumHeaderCount: UInt64 = 100_000_000

  /// Opens a file and checks its header.
  /// - Throws: ``WeightFileError``.
  public init(contentsOf url: URL) throws {
    try self.init(MappedFile(contentsOf: url))
  }

  package init(_ file: MappedFile) throws {
    self.file = file
    let url = file.url
    guard file.count >= 8 else {
      throw WeightFileError(
        url, .tooShort(part: "the header's length", needed: 8, available: UInt64(file.count)))
    }
    let length = UInt64(littleEndian: file.bytes.loadUnaligned(as: UInt64.self))
    let available = UInt64(file.count - 8)
    guard length <= available else {
      throw WeightFileError(
        url, .tooShort(part: "the header", needed: length, available: available))
    }
    guard length <= Self.maximumHeaderCount else {
      throw WeightFileError(
        url,
        .malformed("the header has \(length) bytes, more than \(Self.maximumHeaderCount)"))
    }
    let start = 8 + Int(length)
    let header: SafeTensorsHeader
    do {
      header = try SafeTensorsHeader(
        UnsafeRawBufferPointer(rebasing: file.bytes[8..<start]),
        budget: AllocationBudget(fileSize: file.count))
    } catch let error as SafeTensorsHeader.SyntaxError {
      throw WeightFileError(url, tensor: error.tensor, .malformed(error.description))
    } catch is AllocationBudget.Exceeded {
      throw WeightFileError(
        url, .unsupported("the header describes more than a file of this size can hold"))
    }
    metadata = header.metadata

    var entries: [String: Entry] = [:]
    var names: [String] = []
    names.reserveCapacity(header.tensors.count)
    let limit = UInt64(file.count - start)
    var expected: UInt64 = 0
    for tensor in header.tensors.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      func fail(_ problem: WeightFileError.Problem) -> WeightFileError {
        WeightFileError(url, tensor: tensor.name, problem)
      }
      guard tensor.begin <= tensor.end, tensor.end <= limit else {
        throw fail(.outOfRange(begin: tensor.begin, end: tensor.end, limit: limit))
      }
      guard tensor.begin == expected else {
        throw fail(.notContiguous(begin: tensor.begin, expected: expected))
      }
      expected = tensor.end
      guard let scalarType = ScalarType(rawValue: tensor.scalarType) else {
        throw fail(
          .unsupported("the element type `\(tensor.scalarType)` is not one of those this reads"))
      }
      let found = tensor.end - tensor.begin
      guard let needed = byteCount(shape: tensor.shape, scalarType: scalarType) else {
        throw fail(.malformed("the size of shape \(tensor.shape) does not fit 64 bits"))
      }
      guard UInt64(needed) == found else {
        throw fail(
          .sizeMismatch(
            shape: tensor.shape, scalarType: scalarType, needed: UInt64(needed), found: found))
      }
      let entry = Entry(
        shape: tensor.shape, scalarType: scalarType,
        range: start + Int(tensor.begin)..<start + Int(tensor.end))
      guard entries.updateValue(entry, forKey: tensor.name) == nil else {
        throw fail(.malformed("the name occurs twice"))
      }
      names.append(tensor.name)
    }
    guard expected == limit else {
      throw WeightFileError(
        url,
        .malformed("the tensors take \(expected) bytes, but \(limit) follow the header"))
    }
    self.entries = entries
    self.names = names
  }

  /// The tensor of that name; its data is read later.
  /// - Throws: ``WeightFileError`` when there is none.
  public func tensor(_ name: String) throws -> StoredTensor {
    guard let entry = entries[name] else {
      throw WeightFileError(url, tensor: name, .missingTensor)
    }
    return file.tensor(shape: entry.shape, scalarType: entry.scalarType, at: entry.range)
  }
}
