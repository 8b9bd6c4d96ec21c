import Foundation
import Inference
import MultiBox
import SSD
import TestSupport
import Testing
import Torch
import Weights

@Suite("Backbones", .serialized)
struct BackboneTests {
  /// NVIDIA's SSD300 on ResNet-50: its heads give channels box-major, coordinate by coordinate.
  private static func nvidia() throws -> (golden: GoldenBackbone, file: [(String, StoredTensor)]) {
    let golden = try GoldenBackbone("nvidia_ssd300_resnet50")
    let stages = ["0": "conv1", "1": "bn1", "4": "layer1", "5": "layer2", "6": "layer3"]
    let maps = ["layer3", "conv6_2", "conv7_2", "conv8_2", "conv9_2", "conv10_2"]
    let priors = [4, 6, 6, 6, 4, 4]
    let tensors = golden.parameters.map { name, shape, values -> (String, StoredTensor) in
      var parts = name.split(separator: ".").map(String.init)
      switch parts[0] {
      case "feature_extractor":
        parts.removeFirst(2)
        parts[0] = stages[parts[0]]!
        return ("base." + parts.joined(separator: "."), StoredTensor(floats: values, shape: shape))
      case "additional_blocks":
        let block = Int(parts[1])! + 6
        let layers = ["0": "conv\(block)_1", "1": "bn\(block)_1", "3": "conv\(block)_2"]
        let layer = layers[parts[2]] ?? "bn\(block)_2"
        return ("aux_convs.\(layer).\(parts[3])", StoredTensor(floats: values, shape: shape))
      default:
        let map = Int(parts[1])!
        let (boxes, each) = (priors[map], values.count / shape[0])
        let columns = shape[0] / boxes
        let rows = (0..<shape[0]).flatMap { row -> ArraySlice<Float> in
          let theirs = row % columns * boxes + row / columns
          return values[theirs * each..<(theirs + 1) * each]
        }
        let kind = parts[0] == "loc" ? "loc" : "cl"
        return (
          "pred_convs.\(kind)_\(maps[map]).\(parts[2])", StoredTensor(floats: rows, shape: shape)
        )
      }
    }
    return (golden, tensors)
  }

  /// The rows of our order, position by position, in theirs: box by box.
  private static func boxMajor(_ rows: [Float], columns: Int) -> [Float] {
    var result = [Float](repeating: 0, count: rows.count)
    let total = rows.count / columns
    var first = 0
    for (size, boxes) in zip([38, 19, 10, 5, 3, 1], [4, 6, 6, 6, 4, 4]) {
      for position in 0..<size * size {
        for box in 0..<boxes {
          let ours = first + position * boxes + box
          let theirs = first + box * size * size + position
          for column in 0..<columns {
            result[column * total + theirs] = rows[ours * columns + column]
          }
        }
      }
      first += size * size * boxes
    }
    return result
  }

  @Test func `SSD300 on ResNet-50 computes what NVIDIA's does, on both engines`() throws {
    let (golden, tensors) = try Self.nvidia()
    let configuration = SSDConfiguration.ssd300ResNet(.resNet50, classes: .coco)
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "nvidia.safetensors")
      try SafeTensors.write(
        tensors.map { (name: $0.0, tensor: $0.1) },
        metadata: ["configuration": ModelFile.json(configuration)], to: url)
      let model = try ImportedModel(contentsOf: url)
      let image = GoldenBackbone.image(size: 300)
      let (offsets, logits) = try withoutGradients {
        try SSDNetwork(model)(Tensor(image, shape: [1, 3, 300, 300]))
      }
      let native = try NativePredictor(model, precision: .float32)
        .predict(normalized: image, imageCount: 1)
      let expected = try golden.outputs.floats("loc")
      for (engine, offsets, logits) in [
        ("libtorch", offsets.array(of: Float.self), logits.array(of: Float.self)),
        ("native", native.offsets, native.logits),
      ] {
        let error = relativeError(Self.boxMajor(offsets, columns: 4), expected)
        #expect(error < 1e-4, "\(engine): \(error)")
        let means = (0..<81).map { column in
          stride(from: column, to: logits.count, by: 81).reduce(0) { $0 + Double(logits[$1]) }
            / 8732
        }
        let off = relativeError(
          means.map { Float($0) }, try golden.outputs.floats("conf.class_means"))
        #expect(off < 1e-4, "\(engine): class means \(off)")
      }
    }
  }

  @Test func `torchvision's ResNet-18 is a base to start from, and computes what it does there`()
    throws
  {
    let golden = try GoldenBackbone("torchvision_resnet18")
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "resnet18.safetensors")
      try SafeTensors.write(
        golden.parameters.map { ($0.name, StoredTensor(floats: $0.values, shape: $0.shape)) },
        to: url)
      let base = try ImportedBase(contentsOf: url)
      #expect(base.layout == .torchvisionResNet)
      #expect(base.base == .resNet(ResNet(.resNet18)))
      // Up to layer2 the networks are the same; SSD's conv4 has no stride.
      let layers = ResNet(.resNet18).layers.prefix { !$0.name.hasPrefix("layer3") }
      let network = SSDNetwork(
        SSDConfiguration(
          name: "layer2", imageSize: 300, classes: ClassList(["a"]), base: .layers(Array(layers)),
          auxiliary: [],
          featureMaps: [
            FeatureMap(name: "layer2", size: 38, scale: 0.1, extraScale: nil, aspectRatios: [1])
          ]))
      try network.load(base, layers: base.layers(fitting: network.configuration.base))
      let map = withoutGradients {
        network.featureMaps(
          Tensor(GoldenBackbone.image(size: 300), shape: [1, 3, 300, 300]))[0]
      }
      #expect(map.shape == [1, 128, 38, 38])
      let values = map.contiguous().array(of: Float.self)
      let first = try golden.outputs.floats("stride8.first_channels")
      let scale = try golden.outputs.floats("stride8.columns").map(abs).max() ?? 0
      let worst = zip(values, first).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < 1e-4 * scale, "\(worst) of \(scale)")
    }
  }
}
