import Foundation
import MultiBox

/// A model from any known file: its weights under our names, and the configuration they belong to.
///
/// As an archive it has exactly the tensors of `SSDConfiguration.parameterShapes`, in that order,
/// in the shapes the network has them.
public struct ImportedModel: TensorArchive {
  /// The file it was opened from.
  public let url: URL
  /// Whose names and conventions the file follows.
  public let layout: CheckpointLayout
  /// The network that the weights were trained in, with its priors, classes and pixel values.
  public let configuration: SSDConfiguration
  /// The weights under our names; read when they are asked for.
  public let parameters: [String: StoredTensor]
  /// What the file left open and how it was decided, one sentence each.
  public let notes: [String]
  /// What the file says beside its weights, such as `epoch`.
  public let metadata: [String: String]

  /// The names of the parameters, in the network's order.
  public var names: [String] { configuration.parameterShapes.map(\.name) }

  /// The parameter of that name; its data is read later.
  /// - Throws: ``WeightFileError`` when there is none.
  public func tensor(_ name: String) throws -> StoredTensor {
    guard let tensor = parameters[name] else {
      throw WeightFileError(url, tensor: name, .missingTensor)
    }
    return tensor
  }

  /// Opens a file of any known layout that holds a whole model.
  /// - Throws: ``WeightFileError``, ``WeightMismatch``, or ``ImportError`` when the file holds no
  ///   model.
  public init(contentsOf url: URL) throws {
    switch try ImportedCheckpoint(contentsOf: url) {
    case .model(let model): self = model
    case .base(let base): throw ImportError.onlyBase(url, base.layout)
    }
  }

  init(
    _ source: ArchiveSource, configuration: SSDConfiguration, map: NameMap, notes: [String] = []
  ) throws {
    url = source.archive.url
    layout = source.layout
    self.configuration = configuration
    self.notes = notes
    metadata = source.archive.metadata
    parameters = try source.parameters(map, needed: configuration.parameterShapes)
  }
}

/// Why a file that can be read is not what was wanted.
public enum ImportError: Error, CustomStringConvertible {
  /// The names are of no known layout; some of them.
  case unknownLayout(URL, names: [String])
  /// The file holds a base network where a model was wanted.
  case onlyBase(URL, CheckpointLayout)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unknownLayout(let url, let names):
      "\(url.path): the tensors have the names of no layout known here, such as "
        + names.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
    case .onlyBase(let url, let layout):
      "\(url.path) holds only a base network (\(layout)) and cannot detect; use it to train from"
    }
  }
}
