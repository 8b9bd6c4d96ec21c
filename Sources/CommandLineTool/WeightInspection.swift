import Foundation
import Inference
import MultiBox
import Weights

/// What can be said about a file of weights.
struct WeightInspection: Encodable {
  let file: String
  let bytes: Int
  let format: String
  /// nil when the names are of no known layout.
  let layout: CheckpointLayout?
  /// The layout in words.
  let description: String
  /// Of a whole model.
  let configuration: SSDConfiguration?
  /// Of a base network: the pixel values it was trained with.
  let normalization: PixelNormalization?
  let priors: Int?
  /// Numbers that training changes; of an unknown layout, all there are.
  let parameters: Int
  /// Of a quantised model, how many maps are stored as bytes.
  let quantizedMaps: Int?
  let training: TrainingState?
  let metadata: [String: String]
  let notes: [String]
  /// Why a file of a known layout cannot be used.
  let problem: String?
  let tensors: [Entry]

  struct Entry: Encodable {
    let name: String
    let shape: [Int]
    let type: String
  }

  /// What a checkpoint of `ssd train` says about its run.
  struct TrainingState: Codable {
    let iteration: Int
    let best: Double?
  }

  /// - Parameter path: the file as the user named it.
  init(contentsOf url: URL, path: String) throws {
    let archive = try openTensorArchive(url)
    file = path
    bytes = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    format =
      switch archive {
      case is SafeTensors: "safetensors"
      case let torch as TorchArchive: torch.container == .zip ? "PyTorch" : "PyTorch before 1.6"
      default: "Caffe"
      }
    tensors = try archive.names.map { name in
      let tensor = try archive.tensor(name)
      return Entry(name: name, shape: tensor.shape, type: tensor.scalarType.rawValue)
    }
    training = archive.metadata["training"].flatMap {
      try? JSONDecoder().decode(TrainingState.self, from: Data($0.utf8))
    }
    let known = ["configuration", "training", "base", "format", Quantization.metadataKey]
    metadata = archive.metadata.filter { !known.contains($0.key) }

    var checkpoint: ImportedCheckpoint?
    var problem: String?
    do {
      checkpoint = try ImportedCheckpoint(archive)
    } catch ImportError.unknownLayout {
    } catch { problem = "\(error)" }
    self.problem = problem
    layout = checkpoint?.layout
    description =
      checkpoint.map { "\($0.layout)" }
      ?? (problem == nil ? "an unknown layout" : "a layout that is known, but not complete")
    notes = try (checkpoint?.notes ?? []) + archive.notesOnValues()
    let shapes: [(name: String, shape: [Int])]
    quantizedMaps = archive.metadata[Quantization.metadataKey].flatMap {
      try? JSONDecoder().decode(Quantization.self, from: Data($0.utf8)).ranges.count
    }
    switch checkpoint {
    case .model(let model):
      configuration = model.configuration
      normalization = nil
      priors = PriorBoxes(model.configuration).count
      shapes = model.configuration.parameterShapes
    case .base(let base):
      (configuration, priors) = (nil, nil)
      normalization = base.normalization
      shapes = base.parameterShapes
    case nil:
      (configuration, priors, normalization) = (nil, nil, nil)
      shapes = tensors.map { ($0.name, $0.shape) }
    }
    parameters =
      shapes
      .filter { !$0.name.hasSuffix(".running_mean") && !$0.name.hasSuffix(".running_var") }
      .reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  /// What a person wants to know first.
  var summary: String {
    var lines = [
      "\(file): \(description)",
      """
        file: \(format), \(formatted(bytes: bytes)), \(tensors.count) tensors \
      (\(Set(tensors.map(\.type)).sorted().joined(separator: ", ")))
      """,
      "  parameters: \(parameters)",
    ]
    if let configuration { lines += Self.lines(configuration, priors: priors ?? 0) }
    if let quantizedMaps { lines.append("  int8: \(quantizedMaps) maps in bytes") }
    if let normalization { lines.append("  pixels: \(Self.words(normalization))") }
    if let training {
      let best = training.best.map { String(format: ", best score %.4f", $0) } ?? ""
      lines.append("  training: iteration \(training.iteration)\(best)")
    }
    lines += metadata.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
    lines += notes.map { "  note: \($0)" }
    if let problem { lines.append("  problem: \(problem)") }
    return lines.joined(separator: "\n")
  }

  private static func lines(_ configuration: SSDConfiguration, priors: Int) -> [String] {
    let labels = configuration.classes.labels
    let maps = configuration.featureMaps.map {
      "\($0.name) \($0.size)x\($0.size)x\($0.priorsPerPosition)"
    }
    let traits =
      (configuration.base.hasBatchNormalization ? ["batch normalization"] : [])
      + (configuration.clipsPriors ? ["priors cut off at the edge"] : [])
    return [
      "  network: "
        + (["\(configuration.name), \(configuration.imageSize) x \(configuration.imageSize) pixels"]
        + traits).joined(separator: ", "),
      "  classes: \(labels.count): \(labels.prefix(8).joined(separator: ", "))"
        + (labels.count > 8 ? ", ..." : ""),
      "  priors: \(priors): \(maps.joined(separator: ", "))",
      "  pixels: \(words(configuration.normalization))",
    ]
  }

  private static func words(_ rule: PixelNormalization) -> String {
    switch rule {
    case .imageNet: "RGB, normalised as ImageNet (torchvision)"
    case .caffe: "RGB 0...255 minus (123, 117, 104)"
    default:
      "RGB, (value * \(rule.scale) - \(rule.mean)) / \(rule.deviation)"
    }
  }
}
