import Foundation
import MultiBox

extension ImportedModel {
  /// A file of our own: the configuration lies in the metadata.
  static func ownModel(_ source: ArchiveSource) throws -> ImportedModel {
    let url = source.archive.url
    let text = source.archive.metadata[configurationKey] ?? ""
    guard text.utf8.count <= 1 << 20 else {
      throw WeightFileError(url, .malformed("its configuration has \(text.utf8.count) bytes"))
    }
    let configuration: SSDConfiguration
    do {
      configuration = try JSONDecoder().decode(SSDConfiguration.self, from: Data(text.utf8))
    } catch {
      throw WeightFileError(url, .malformed("its configuration cannot be read: \(error)"))
    }
    if let fault = configuration.fault {
      throw WeightFileError(url, .malformed("its configuration is impossible: \(fault)"))
    }
    return try ImportedModel(
      source, configuration: configuration,
      map: .identity(configuration.parameterShapes.map(\.name)))
  }

  /// The tutorial's SSD300: its priors, ImageNet's normalisation, its loss.
  static func tutorial(_ source: ArchiveSource) throws -> ImportedModel {
    var notes: [String] = []
    let classes = try source.classes(
      scores: "pred_convs.cl_conv4_3.weight", priorsPerPosition: 4, notes: &notes)
    var configuration = SSDConfiguration.ssd300(classes: classes)
    // The tutorial limits the priors' centres and sizes to 0...1, which only the largest notice.
    configuration.clipsPriors = false
    configuration.limitsPriorSizes = true
    configuration.normalization = .imageNet
    configuration.loss = LossConfiguration(
      localization: .l1, averagesCoordinates: true, forcedMatch: .laterObjectWins)
    if let saved = source.tensor("priors_cxcy"), saved.shape == [8732, 4] {
      let values = try saved.floats()
      // Copies of the tutorial's code exist in which nothing is limited.
      let fitting = [true, false].first {
        configuration.limitsPriorSizes = $0
        return PriorBoxes(configuration).isNear(values)
      }
      configuration.limitsPriorSizes = fitting ?? true
      notes.append(
        fitting != nil
          ? "The priors saved in the file are those of the configuration."
          : "The priors saved in the file are not the tutorial's; detections may be misplaced.")
    }
    return try ImportedModel(
      source, configuration: configuration,
      map: .identity(configuration.parameterShapes.map(\.name)), notes: notes)
  }

  /// The layouts whose priors are the authors', or nearly so.
  static func foreign(_ source: ArchiveSource) throws -> ImportedModel {
    var notes: [String] = []
    let scores =
      switch source.layout {
      case .amdegroot: "conf.0.weight"
      case .lufficc: "box_head.predictor.cls_headers.0.weight"
      case .torchvisionSSD: "head.classification_head.module_list.0.weight"
      default: "conv4_3_norm_mbox_conf.weight"
      }
    let seventhMap =
      switch source.layout {
      case .amdegroot: "loc.6.weight"
      case .lufficc: "box_head.predictor.reg_headers.6.weight"
      case .torchvisionSSD: "head.regression_head.module_list.6.weight"
      default: "conv10_2_mbox_loc.weight"
      }
    let classes = try source.classes(scores: scores, priorsPerPosition: 4, notes: &notes)
    let imageSize = source.tensor(seventhMap) == nil ? 300 : 512
    // COCO's objects are smaller, and so are the priors of models trained with it; torchvision uses
    // these for all.
    let isCOCO = [80, 90, 200].contains(classes.count) || source.layout == .torchvisionSSD
    var configuration = SSDConfiguration.authors(
      imageSize: imageSize, classes: classes, hasSmallObjects: isCOCO)
    switch source.layout {
    case .torchvisionSSD:
      configuration.limitsPriorSizes = true
      configuration.normalization = PixelNormalization(
        scale: 1 / 255, mean: [0.48235, 0.45882, 0.40784],
        deviation: [1 / 255, 1 / 255, 1 / 255])
    case .caffeSSD:
      if let model = source.archive as? CaffeModel {
        try configuration.take(model.priorLayers, of: model, notes: &notes)
      }
    default:
      configuration.limitsPriorSizes = true
      configuration.limitsPriorCenters = true
    }
    let map: NameMap =
      switch source.layout {
      case .amdegroot: .amdegroot(configuration)
      case .lufficc: .lufficc(configuration)
      case .torchvisionSSD: .torchvisionSSD(configuration)
      default: .caffeSSD(configuration)
      }
    return try ImportedModel(source, configuration: configuration, map: map, notes: notes)
  }
}

extension ImportedBase {
  /// A base network of our own: what it is lies in the metadata. Without it, the names are taken for
  /// the tutorial's, which are the same.
  static func ownBase(_ source: ArchiveSource) throws -> ImportedBase {
    let url = source.archive.url
    var notes: [String] = []
    var own = BaseDescription(
      base: .vgg16(VGG16()), imageSize: nil, normalization: .imageNet)
    if let text = source.archive.metadata[BaseDescription.metadataKey] {
      do {
        own = try JSONDecoder().decode(BaseDescription.self, from: Data(text.utf8))
      } catch {
        throw WeightFileError(url, .malformed("its description cannot be read: \(error)"))
      }
    } else {
      notes.append("The file does not say for which pixel values; ImageNet's are assumed.")
    }
    let imageSize = own.imageSize ?? 300
    do {
      _ = try NetworkGraph(own.base.layers, imageSize: imageSize)
    } catch {
      throw WeightFileError(url, .malformed("its description is impossible: \(error)"))
    }
    let convolutions = own.base.convolutions(imageSize: imageSize)
    let held = convolutions.prefix { source.tensor("\($0.parameterName).weight") != nil }
    if let first = held.first, let last = held.last, held.count < convolutions.count {
      notes.append("The file holds the first layers only, \(first.name) to \(last.name).")
    }
    return try ImportedBase(
      source, base: own.base, imageSize: imageSize, normalization: own.normalization,
      map: .identity(own.base.parameterShapes(imageSize: imageSize).map(\.name)), notes: notes)
  }

  /// torchvision's ResNet; its conv5 (`layer4`) and its classifier are left out.
  static func resNet(_ source: ArchiveSource) throws -> ImportedBase {
    guard source.tensor("layer3.6.conv1.weight") == nil else {
      throw WeightFileError(
        source.archive.url, .unsupported("of ResNets, those of 18, 34 and 50 layers are known"))
    }
    let depth: ResNet.Depth =
      source.tensor("layer1.0.conv3.weight") != nil
      ? .resNet50 : source.tensor("layer1.2.conv1.weight") != nil ? .resNet34 : .resNet18
    let base = BaseNetwork.resNet(ResNet(depth))
    return try ImportedBase(
      source, base: base, normalization: .imageNet, map: .torchvision(base))
  }

  /// VGG-16 as it was trained on ImageNet, its fully connected layers made to convolutions; with batch
  /// normalisation or without.
  static func wholeVGG(_ source: ArchiveSource, fc6: String, fc7: String) throws -> ImportedBase {
    let isNormalized = source.tensor("features.1.running_mean") != nil
    return try ImportedBase(
      source, base: .vgg16(VGG16(hasBatchNormalization: isNormalized)),
      normalization: .imageNet,
      map: .wholeVGG("features", fc6: fc6, fc7: fc7, hasBatchNormalization: isNormalized),
      notes: isNormalized
        ? [
          "conv6 and conv7 were fully connected, without batch normalizations: these start afresh."
        ] : []
    )
  }
}

extension ArchiveSource {
  /// The classes that belong to the number of score channels of the first map.
  fileprivate func classes(
    scores: String, priorsPerPosition: Int, notes: inout [String]
  ) throws -> ClassList {
    guard let channels = tensor(scores)?.shape.first else {
      throw WeightFileError(archive.url, tensor: prefix + scores, .missingTensor)
    }
    let columns = channels / priorsPerPosition
    // A score layer of more would not fit the file that it is said to be in.
    guard columns * priorsPerPosition == channels, (2...100_000).contains(columns) else {
      throw WeightFileError(
        archive.url, tensor: prefix + scores,
        .malformed("\(channels) channels are not \(priorsPerPosition) times a number of classes"))
    }
    switch columns - 1 {
    case ClassList.voc.count: return .voc
    case ClassList.coco.count: return .coco
    case ClassList.cocoIdentifiers.count where layout == .torchvisionSSD: return .cocoIdentifiers
    case let count:
      notes.append(
        "The file does not name its \(count) classes; they are called `class 1` and so on.")
      return ClassList((1...count).map { "class \($0)" })
    }
  }
}

extension PriorBoxes {
  /// Whether other priors, by centre and size, are the same but for rounding.
  fileprivate func isNear(_ values: [Float]) -> Bool {
    guard values.count == 4 * count else { return false }
    return centerSize.enumerated().allSatisfy { index, prior in
      let row = 4 * index
      return abs(prior.centerX - values[row]) < 1e-5 && abs(prior.centerY - values[row + 1]) < 1e-5
        && abs(prior.width - values[row + 2]) < 1e-5 && abs(prior.height - values[row + 3]) < 1e-5
    }
  }
}
