import Foundation
import MultiBox

/// What a file of weights turns out to hold.
public enum ImportedCheckpoint: Sendable {
  /// A whole detector.
  case model(ImportedModel)
  /// A base network to train from.
  case base(ImportedBase)

  /// Whose names and conventions the file follows.
  public var layout: CheckpointLayout {
    switch self {
    case .model(let model): model.layout
    case .base(let base): base.layout
    }
  }

  /// Opens a file of any known format and layout.
  ///
  /// - Throws: ``WeightFileError`` when the file is broken, ``ImportError`` when its layout is not
  ///   known, ``WeightMismatch`` when it is not complete.
  public init(contentsOf url: URL) throws {
    try self.init(openTensorArchive(url))
  }

  /// Recognises the layout of an archive.
  ///
  /// - Throws: ``ImportError`` when it is not known, ``WeightMismatch`` when it is not complete.
  public init(_ archive: any TensorArchive) throws {
    guard let source = ArchiveSource(recognizing: archive) else {
      throw ImportError.unknownLayout(archive.url, names: archive.names)
    }
    switch source.layout {
    case .swiftSSD: self = .model(try .ownModel(source))
    case .tutorial: self = .model(try .tutorial(source))
    case .amdegroot, .lufficc, .torchvisionSSD, .caffeSSD: self = .model(try .foreign(source))
    case .swiftBase: self = .base(try .ownBase(source))
    case .torchvisionVGG:
      self = .base(try .wholeVGG(source, fc6: "classifier.0", fc7: "classifier.3"))
    case .timmVGG:
      self = .base(try .wholeVGG(source, fc6: "pre_logits.fc1", fc7: "pre_logits.fc2"))
    case .reducedVGG:
      self = .base(try ImportedBase(source, normalization: .caffe, map: .reducedVGG("")))
    case .caffeVGG:
      let isWhole = source.tensor("fc6.weight")?.shape.last != 3
      self = .base(
        try ImportedBase(source, normalization: .caffe, map: .caffeVGG(isWhole: isWhole)))
    case .torchvisionResNet: self = .base(try .resNet(source))
    }
  }
}

extension ArchiveSource {
  /// A name that only one layout has.
  private static let markers: [(CheckpointLayout, String)] = [
    (.tutorial, "pred_convs.loc_conv4_3.weight"),
    (.lufficc, "backbone.l2_norm.weight"),
    (.amdegroot, "L2Norm.weight"),
    (.torchvisionSSD, "backbone.scale_weight"),
    (.caffeSSD, "conv4_3_norm_mbox_loc.weight"),
    (.timmVGG, "pre_logits.fc1.weight"),
    (.torchvisionVGG, "classifier.0.weight"),
    (.caffeVGG, "fc6.weight"),
    (.reducedVGG, "31.weight"),
    (.swiftBase, "base.conv1_1.weight"),
    (.torchvisionResNet, "layer1.0.conv1.weight"),
  ]

  /// Finds the layout whose marker an archive has, alone or after a prefix such as `model.`. Our own
  /// files say what they are.
  init?(recognizing archive: any TensorArchive) {
    let own: [(key: String, layout: CheckpointLayout)] = [
      (configurationKey, .swiftSSD), (BaseDescription.metadataKey, .swiftBase),
    ]
    if let layout = own.first(where: { archive.metadata[$0.key] != nil })?.layout {
      self.init(archive: archive, layout: layout, prefix: "")
      return
    }
    for (layout, marker) in Self.markers {
      // The same names may stand under several prefixes, such as momentum's; the shortest is the
      // model's.
      let candidates = archive.names.filter { $0 == marker || $0.hasSuffix("." + marker) }
      guard let name = candidates.min(by: { $0.utf8.count < $1.utf8.count }) else { continue }
      let prefix = String(name.dropLast(marker.count))
      self.init(archive: archive, layout: layout, prefix: prefix)
      return
    }
    return nil
  }
}

/// The metadata key under which our own files have their configuration, as JSON.
let configurationKey = "configuration"

/// Opens a file of named arrays, whatever its format: safetensors, PyTorch's containers, Caffe's
/// models.
///
/// - Throws: ``WeightFileError``.
public func openTensorArchive(_ url: URL) throws -> any TensorArchive {
  try openTensorArchive(MappedFile(contentsOf: url))
}

/// As ``openTensorArchive(_:)-(URL)``, for a file that is open already.
package func openTensorArchive(_ file: MappedFile) throws -> any TensorArchive {
  let url = file.url
  let bytes = file.bytes
  func begins(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
  // First of all, since the length of the header that begins the file may look like a pickle.
  let isSafeTensors = bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
  if isSafeTensors,
    UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) <= UInt64(bytes.count - 8)
  {
    return try SafeTensors(file)
  }
  if begins("PK") || bytes.first == 0x80 { return try TorchArchive(file) }
  if isSafeTensors { return try SafeTensors(file) }
  if begins("version https://git-lfs") {
    throw WeightFileError(
      url, .unsupported("it is a Git LFS pointer; fetch the file it stands for"))
  }
  if begins("\u{1F}") { throw WeightFileError(url, .unsupported("unpack it with gunzip first")) }
  if begins("<") || bytes.isEmpty {
    throw WeightFileError(url, .unsupported("it holds no weights; was the download refused?"))
  }
  if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
    throw WeightFileError(
      url, .unsupported("tar archives, as PyTorch wrote them before 2017, are not read"))
  }
  do {
    let model = try CaffeModel(file)
    if !model.names.isEmpty { return model }
  } catch let error as WeightFileError where url.pathExtension == "caffemodel" {
    throw error
  } catch {}
  throw WeightFileError(
    url,
    .unsupported("it is neither safetensors nor a checkpoint of PyTorch nor a model of Caffe"))
}
