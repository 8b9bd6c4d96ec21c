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

/// A VGG-16 from any known file: weights to start training from, under our names.
///
/// As an archive it has exactly the tensors of `base.`: conv1_1 to conv7.
public struct ImportedBase: TensorArchive {
  /// The file it was opened from.
  public let url: URL
  /// Whose names and conventions the file follows.
  public let layout: CheckpointLayout
  /// The network that the weights belong to.
  public let base: BaseNetwork
  /// The pixel values that the weights were trained with.
  public let normalization: PixelNormalization
  /// The weights under our names; read when they are asked for.
  public let parameters: [String: StoredTensor]
  /// What the file left open and how it was decided, one sentence each.
  public let notes: [String]
  /// What the file says beside its weights.
  public let metadata: [String: String]

  /// The names of the parameters, in the network's order.
  public var names: [String] { base.parameterShapes.map(\.name) }

  /// The parameter of that name; its data is read later.
  /// - Throws: ``WeightFileError`` when there is none.
  public func tensor(_ name: String) throws -> StoredTensor {
    guard let tensor = parameters[name] else {
      throw WeightFileError(url, tensor: name, .missingTensor)
    }
    return tensor
  }

  /// Opens a file of any known layout. Of a whole model, the base is taken.
  /// - Throws: ``WeightFileError``, ``WeightMismatch`` or ``ImportError``.
  public init(contentsOf url: URL) throws {
    switch try ImportedCheckpoint(contentsOf: url) {
    case .base(let base): self = base
    case .model(let model): self.init(model)
    }
  }

  /// The base of a whole model.
  public init(_ model: ImportedModel) {
    url = model.url
    layout = model.layout
    base = model.configuration.base
    normalization = model.configuration.normalization
    parameters = model.parameters.filter { $0.key.hasPrefix("base.") }
    notes = model.notes
    metadata = model.metadata
  }

  init(
    _ source: ArchiveSource, base: BaseNetwork = BaseNetwork(),
    normalization: PixelNormalization, map: NameMap, notes: [String] = []
  ) throws {
    url = source.archive.url
    layout = source.layout
    self.base = base
    self.normalization = normalization
    self.notes = notes
    metadata = source.archive.metadata
    parameters = try source.parameters(map, needed: base.parameterShapes)
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
