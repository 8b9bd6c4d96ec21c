import Foundation
import Protobuf

/// A Caffe model's weights (`.caffemodel`), in the current layer format and the one before it.
///
/// A layer's first array is named `LAYER.weight`, its second `LAYER.bias`, further ones by number.
/// Messages and field numbers: `caffe.proto` of the authors' branch.
public struct CaffeModel: TensorArchive {
  /// The file it was opened from.
  public var url: URL { file.url }
  /// The names of the tensors, in the order of the layers.
  public let names: [String]
  /// The network's name under `name`, where it has one.
  public let metadata: [String: String]
  /// How the model lays out its priors, by the names of the layers that do it. Files from which the
  /// layers' settings have been removed have none.
  public let priorLayers: [String: CaffePriorLayer]

  private let file: MappedFile
  private let entries: [String: Entry]

  /// Where an array's elements lie.
  private struct Entry {
    var shape: [Int]
    var scalarType: ScalarType
    var range: Range<Int>
  }

  /// Opens a model.
  /// - Throws: ``WeightFileError``.
  public init(contentsOf url: URL) throws {
    try self.init(MappedFile(contentsOf: url))
  }

  package init(_ file: MappedFile) throws {
    self.file = file
    var parser = Parser(bytes: file.bytes, budget: AllocationBudget(fileSize: file.count))
    do {
      try parser.network()
    } catch let failure as ProtobufReader.Failure {
      throw WeightFileError(
        file.url,
        .malformed("the Caffe model is damaged at byte \(failure.offset): \(failure.what)"))
    } catch let end as ProtobufReader.EndReached {
      throw WeightFileError(
        file.url,
        .tooShort(
          part: "what begins at byte \(end.offset)", needed: end.needed,
          available: UInt64(end.available)))
    } catch is AllocationBudget.Exceeded {
      throw WeightFileError(
        file.url, .unsupported("the model describes more than a file of this size can hold"))
    }
    names = parser.names
    metadata = parser.name.map { ["name": $0] } ?? [:]
    priorLayers = parser.priorLayers

    var entries: [String: Entry] = [:]
    for (name, blob) in zip(parser.names, parser.blobs) {
      let type: ScalarType = blob.isDouble ? .float64 : .float32
      guard let needed = byteCount(shape: blob.shape, scalarType: type) else {
        throw WeightFileError(
          file.url, tensor: name, .malformed("the shape \(blob.shape) is impossible"))
      }
      guard needed == blob.data.count else {
        throw WeightFileError(
          file.url, tensor: name,
          .sizeMismatch(
            shape: blob.shape, scalarType: type, needed: UInt64(needed),
            found: UInt64(blob.data.count)))
      }
      let entry = Entry(shape: blob.shape, scalarType: type, range: blob.data)
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw WeightFileError(file.url, tensor: name, .malformed("the name occurs twice"))
      }
    }
    self.entries = entries
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

/// The settings of a Caffe layer that lays out priors. Sizes and steps are in pixels.
public struct CaffePriorLayer: Sendable, Equatable {
  /// Sides of the square priors.
  public var minimumSizes: [Float] = []
  /// The sizes whose geometric mean with the minimum is the extra square prior's side.
  public var maximumSizes: [Float] = []
  /// Width over height, beside the squares.
  public var aspectRatios: [Float] = []
  /// Whether each ratio's reciprocal is used as well.
  public var flips = true
  /// Whether boundaries are moved to the image's edge.
  public var clips = false
  /// Of centre x, centre y, width and height.
  public var variances: [Float] = []
  /// The distance of neighbouring priors, when it is not the image's size over the map's.
  public var step: Float?
  /// Where in its cell a prior's centre lies.
  public var offset: Float = 0.5

  /// The settings that hold where a file says nothing.
  public init() {}
}
