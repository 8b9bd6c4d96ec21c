import Foundation
import MultiBox

/// A VGG-16 from any known file: weights to start training from, under our names.
///
/// As an archive it has the tensors of `base.`: conv1_1 to conv7, or as many of the first layers as the
/// file holds. The normalisations of conv6 and conv7 are missing where those were fully connected.
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
  public var names: [String] {
    base.parameterShapes.map(\.name).filter { parameters[$0] != nil }
  }

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
    let needed = base.parameterShapes(of: { source.tensor(map.theirs($0)) != nil })
    guard !needed.isEmpty else {
      throw WeightFileError(source.archive.url, tensor: "base.conv1_1.weight", .missingTensor)
    }
    url = source.archive.url
    layout = source.layout
    self.base = base
    self.normalization = normalization
    self.notes = notes
    metadata = source.archive.metadata
    parameters = try source.parameters(map, needed: needed)
  }

  private init(_ other: ImportedBase, parameters: [String: StoredTensor]) {
    (url, layout, base) = (other.url, other.layout, other.base)
    (normalization, notes, metadata) = (other.normalization, other.notes, other.metadata)
    self.parameters = parameters
  }

  /// The same base with some of its tensors only.
  public func restricted(to names: Set<String>) -> ImportedBase {
    ImportedBase(self, parameters: parameters.filter { names.contains($0.key) })
  }

  /// The first convolutions, as far as another base network has them in the same size: `conv1_1` and
  /// so on.
  public func layers(fitting other: BaseNetwork) -> [String] {
    zip(base.convolutions, other.convolutions).prefix { own, wanted in
      own == wanted && parameters["base.\(own.name).weight"] != nil
    }.map(\.0.name)
  }
}
