import Foundation
import MultiBox

/// A backbone from any known file: weights to start training from, under our names.
///
/// As an archive it has the tensors of `base.`, of all convolutions or of as many of the first ones as
/// the file holds. The batch normalizations of VGG-16's conv6 and conv7 are missing where those were
/// fully connected.
public struct ImportedBase: TensorArchive {
  /// The file it was opened from.
  public let url: URL
  /// Whose names and conventions the file follows.
  public let layout: CheckpointLayout
  /// The network that the weights belong to.
  public let base: BaseNetwork
  /// The rows and columns of the images that the base belongs to.
  let imageSize: Int
  /// The pixel values that the weights were trained with.
  public let normalization: PixelNormalization
  /// The weights under our names; read when they are asked for.
  public let parameters: [String: StoredTensor]
  /// What the file left open and how it was decided, one sentence each.
  public let notes: [String]
  /// What the file says beside its weights.
  public let metadata: [String: String]

  /// The names of the parameters, in the network's order.
  public var names: [String] { parameterShapes.map(\.name) }

  /// The names and shapes of the parameters, in the network's order.
  public var parameterShapes: [(name: String, shape: [Int])] {
    base.parameterShapes(imageSize: imageSize).filter { parameters[$0.name] != nil }
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
    imageSize = model.configuration.imageSize
    normalization = model.configuration.normalization
    parameters = model.parameters.filter { $0.key.hasPrefix(NetworkLayer.Part.base.prefix) }
    notes = model.notes
    metadata = model.metadata
  }

  init(
    _ source: ArchiveSource, base: BaseNetwork = .vgg16(VGG16()), imageSize: Int = 300,
    normalization: PixelNormalization, map: NameMap, notes: [String] = []
  ) throws {
    let convolutions = base.convolutions(imageSize: imageSize)
    func isThere(_ name: String) -> Bool { source.tensor(map.theirs(name)) != nil }
    let needed = convolutions.prefix { isThere("\($0.parameterName).weight") }
      .flatMap(\.parameterShapes).filter { name, _ in
        // A whole batch normalization may be missing, a part of one may not.
        guard let norm = convolutions.first(where: { $0.owns(name) })?.normalizationName else {
          return true
        }
        return !name.hasPrefix(norm + ".") || isThere("\(norm).weight")
      }
    guard !needed.isEmpty else {
      throw WeightFileError(
        source.archive.url, tensor: convolutions.first.map { "\($0.parameterName).weight" },
        .missingTensor)
    }
    url = source.archive.url
    layout = source.layout
    self.base = base
    self.imageSize = imageSize
    self.normalization = normalization
    self.notes = notes
    metadata = source.archive.metadata
    parameters = try source.parameters(map, needed: needed)
  }

  private init(_ other: ImportedBase, parameters: [String: StoredTensor]) {
    (url, layout, base, imageSize) = (other.url, other.layout, other.base, other.imageSize)
    (normalization, notes, metadata) = (other.normalization, other.notes, other.metadata)
    self.parameters = parameters
  }

  /// The same base with some of its tensors only.
  public func restricted(to names: Set<String>) -> ImportedBase {
    ImportedBase(self, parameters: parameters.filter { names.contains($0.key) })
  }

  /// The names of the first convolutions, as far as another base network has them in the same size:
  /// `conv1_1` and so on.
  public func layers(fitting other: BaseNetwork) -> [String] {
    zip(base.convolutions(imageSize: imageSize), other.convolutions(imageSize: imageSize)).prefix {
      own, wanted in
      own.name == wanted.name && own.inputChannels == wanted.inputChannels
        && own.outputChannels == wanted.outputChannels && own.kernelSize == wanted.kernelSize
        && parameters["\(own.parameterName).weight"] != nil
    }.map(\.0.name)
  }
}

extension BaseNetwork {
  /// The convolutions of the base with the sizes of what flows through them; none where the layers do
  /// not fit together.
  func convolutions(imageSize: Int) -> [ResolvedLayer] {
    let graph = try? NetworkGraph(layers, imageSize: imageSize)
    return graph?.layers.filter { $0.isConvolution && $0.part == .base } ?? []
  }

  /// The names and shapes of the convolutions' parameters, and of their batch normalizations'.
  public func parameterShapes(imageSize: Int) -> [(name: String, shape: [Int])] {
    convolutions(imageSize: imageSize).flatMap(\.parameterShapes)
  }
}
