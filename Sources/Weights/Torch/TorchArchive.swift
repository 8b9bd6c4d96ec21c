import Foundation

/// What `torch.save` writes: a checkpoint (`.pth`, `.pt`, `.tar`), read without Python and without
/// running anything in it.
///
/// Both containers are read, the zip archive and the older one. A state dict's tensors have the names
/// of its keys. In nested dictionaries, lists and whole pickled models the names are joined with dots:
/// `model.base.conv1_1.weight`, `optimizer.state.0.momentum_buffer`. Of a pickled `nn.Module`, the
/// parameters, the buffers and the tensors among its attributes are found; of other objects nothing.
///
/// Opening reads the pickle only. Tensors are read when they are asked for, and in the zip container
/// their checksum is then compared.
public struct TorchArchive: TensorArchive {
  /// The two ways in which `torch.save` has put the parts of a checkpoint together.
  public enum Container: Sendable {
    /// Since PyTorch 1.6.
    case zip
    /// Pickles one after the other, then the data.
    case legacy
  }

  /// The file it was opened from.
  public var url: URL { file.url }
  /// The names of the tensors, in the order of the pickle.
  public let names: [String]
  /// The numbers and texts in the outermost dictionary, such as `epoch`.
  public let metadata: [String: String]
  /// How the file is put together.
  public let container: Container

  private let file: MappedFile
  private let entries: [String: Entry]

  /// A tensor and where its storage lies.
  private struct Entry {
    var reference: TensorReference
    var range: Range<Int>
    var checksum: UInt32?
  }

  /// Opens a checkpoint.
  /// - Throws: ``WeightFileError``; a pickle that wants anything run is refused with the name of what
  ///   it wanted.
  public init(contentsOf url: URL) throws {
    try self.init(MappedFile(contentsOf: url))
  }

  package init(_ file: MappedFile) throws {
    self.file = file
    do {
      let budget = AllocationBudget(fileSize: file.count)
      let contents: TorchContents
      if file.bytes.starts(with: [0x50, 0x4B]) {
        container = .zip
        contents = try TorchContents(zip: file.bytes, budget: budget)
      } else {
        container = .legacy
        contents = try TorchContents(legacy: file.bytes, budget: budget)
      }
      let tree = try TensorTree(contents.graph, root: contents.root, budget: budget)
      metadata = tree.metadata
      var names: [String] = []
      var entries: [String: Entry] = [:]
      for (name, index) in tree.tensors {
        let reference = contents.graph.tensors[index]
        let entry = try Self.entry(reference, contents, name: name, file: file)
        if entries.updateValue(entry, forKey: name) == nil { names.append(name) }
      }
      self.names = names
      self.entries = entries
    } catch let failure as Unpickler.Failure {
      switch failure {
      case .forbidden(let name): throw WeightFileError(file.url, .forbiddenGlobal(name))
      case .malformed(let offset, let what):
        throw WeightFileError(
          file.url, .malformed("the pickle is damaged at byte \(offset): \(what)"))
      }
    } catch let end as ByteCursor.EndReached {
      throw WeightFileError(
        file.url,
        .tooShort(
          part: "what begins at byte \(end.offset)", needed: end.needed,
          available: UInt64(end.available)))
    } catch is AllocationBudget.Exceeded {
      throw WeightFileError(
        file.url, .unsupported("the pickle describes more than a file of this size can hold"))
    } catch let failure as ZipDirectory.Failure {
      throw WeightFileError(file.url, .malformed(failure.what))
    }
  }

  /// The tensor of that name; its data is read later.
  /// - Throws: ``WeightFileError`` when there is none.
  public func tensor(_ name: String) throws -> StoredTensor {
    guard let entry = entries[name] else {
      throw WeightFileError(url, tensor: name, .missingTensor)
    }
    let file = file
    let reference = entry.reference
    return StoredTensor(
      shape: reference.shape, scalarType: reference.scalarType,
      check: {
        guard let expected = entry.checksum else { return }
        let found = checksum(UnsafeRawBufferPointer(rebasing: file.bytes[entry.range]))
        guard found == expected else {
          throw WeightFileError(
            file.url, tensor: name,
            .malformed(
              "the data's checksum is \(found) where the file says \(expected); it is damaged"))
        }
      },
      read: { body in
        try withExtendedLifetime(file) {
          try gather(
            UnsafeRawBufferPointer(rebasing: file.bytes[entry.range]), reference.scalarType,
            shape: reference.shape, strides: reference.strides, offset: reference.offset, body)
        }
      })
  }

  /// Finds a tensor's storage and compares its size.
  private static func entry(
    _ reference: TensorReference, _ contents: TorchContents, name: String, file: MappedFile
  ) throws -> Entry {
    func fail(_ problem: WeightFileError.Problem) -> WeightFileError {
      WeightFileError(file.url, tensor: name, problem)
    }
    let storage = contents.graph.storages[reference.storage]
    guard let block = try contents.block(storage.key) else {
      throw fail(.malformed("its storage `\(storage.key)` is not in the file"))
    }
    // A storage without a type is counted in bytes.
    let size = storage.scalarType?.byteCount ?? 1
    let (end, first) = storage.start.addingReportingOverflow(storage.count)
    let (needed, second) = end.multipliedReportingOverflow(by: size)
    guard !first, !second, needed <= block.range.count else {
      throw fail(
        .tooShort(
          part: "its storage `\(storage.key)`", needed: UInt64(clamping: second ? .max : needed),
          available: UInt64(block.range.count)))
    }
    // A view may repeat elements without end.
    let count = byteCount(shape: reference.shape, scalarType: reference.scalarType) ?? .max
    guard count <= file.count + 16 << 20 else {
      throw fail(.unsupported("a view of \(count) bytes in a file of \(file.count)"))
    }
    let isWhole = needed == block.range.count && storage.start == 0
    let begin = block.range.lowerBound + storage.start * size
    return Entry(
      reference: reference, range: begin..<block.range.lowerBound + needed,
      checksum: isWhole ? block.checksum : nil)
  }
}
