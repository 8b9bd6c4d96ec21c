import Foundation
import MultiBox

extension ImportedModel {
  /// The versions of ONNX's operators that the exported networks can be read as.
  public static let onnxOpsets = 13...20

  /// Writes the model for ONNX Runtime and others.
  ///
  /// The input `images` is (N, 3, size, size): red, green, blue, 0...255, **not** normalised, for
  /// the network's first step is the normalisation that its weights need. The outputs are
  /// `locations` (N, priors, 4), encoded offsets, and `scores` (N, priors, classes + 1), before the
  /// softmax. Decoded, they are `boxes`, fractional boundary coordinates, and `probabilities`; column
  /// 0 is background. Suppression is left to the caller.
  ///
  /// - Throws: ``WeightFileError``; the file appears whole or not at all.
  public func writeONNX(to url: URL, decoded: Bool = false, opset: Int = 17) throws {
    precondition(Self.onnxOpsets.contains(opset), "operator set \(opset)")
    var builder = ONNXNetwork(self)
    let priors = PriorBoxes(configuration)
    try builder.build(decoded: decoded, priors: priors)
    let labels = ["background"] + configuration.classes.labels
    let pixels = "red, green, blue, 0...255, not normalised"
    let metadata = [
      "classes": String(decoding: try JSONEncoder().encode(labels), as: UTF8.self),
      configurationKey: String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self),
      "input": pixels,
    ]
    let model = builder.graph.model(
      opset: opset, about: "\(configuration.name); images: \(pixels)", metadata: metadata)
    // Protocol buffers end at 2 GB.
    guard model.count < Int32.max else {
      throw WeightFileError(url, .unsupported("ONNX files of \(model.count) bytes do not exist"))
    }
    let file = try AtomicFile(replacing: url)
    try model.write(to: file)
    try file.commit()
  }
}

/// Lays a model out as a graph; the layers are those of the network that trains it.
private struct ONNXNetwork {
  let model: ImportedModel
  var graph: ONNXGraph

  private var configuration: SSDConfiguration { model.configuration }

  init(_ model: ImportedModel) {
    self.model = model
    graph = ONNXGraph(name: model.configuration.name)
  }

  mutating func build(decoded: Bool, priors: PriorBoxes) throws {
    let size = configuration.imageSize
    graph.input(
      "images", [.named("N"), .fixed(3), .fixed(size), .fixed(size)],
      about: "red, green, blue, 0...255, not normalised")
    let count: ONNXGraph.Dimension = .fixed(priors.count)
    let columns: ONNXGraph.Dimension = .fixed(configuration.scoreCount)
    let maps = try features()
    let locations = try predictions(
      "loc", maps, width: 4, output: decoded ? "offsets" : "locations")
    let scores = try predictions(
      "cl", maps, width: configuration.scoreCount, output: decoded ? "logits" : "scores")
    guard decoded else {
      graph.output(locations, [.named("N"), count, .fixed(4)], about: "encoded offsets")
      graph.output(scores, [.named("N"), count, columns], about: "before the softmax")
      return
    }
    decode(locations, priors)
    _ = graph.node("Softmax", [scores], output: "probabilities", ["axis": .integer(2)])
    graph.output(
      "boxes", [.named("N"), count, .fixed(4)], about: "xmin, ymin, xmax, ymax, fractional")
    graph.output(
      "probabilities", [.named("N"), count, columns], about: "column 0 is background")
  }

  // MARK: Layers

  private mutating func parameter(_ name: String) throws -> String {
    graph.constant(name, try model.tensor(name))
  }

  private mutating func convolution(
    _ name: String, _ input: String, kernel: Int, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1
  ) throws -> String {
    graph.node(
      "Conv",
      [input, try parameter("\(name).weight"), try parameter("\(name).bias")],
      output: name,
      [
        "kernel_shape": .integers([kernel, kernel]), "strides": .integers([stride, stride]),
        "pads": .integers(Array(repeating: padding, count: 4)),
        "dilations": .integers([dilation, dilation]),
      ])
  }

  /// A convolution, its batch normalisation if there is one, and a ReLU.
  private mutating func layer(
    _ prefix: String, _ name: String, _ input: String, kernel: Int, stride: Int = 1,
    padding: Int = 0, dilation: Int = 1
  ) throws -> String {
    var output = try convolution(
      prefix + name, input, kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    if configuration.base.hasBatchNormalization {
      let norm = "\(prefix)bn\(name.dropFirst("conv".count))"
      let parts = try ["weight", "bias", "running_mean", "running_var"].map {
        try parameter("\(norm).\($0)")
      }
      output = graph.node(
        "BatchNormalization", [output] + parts, output: norm, ["epsilon": .real(1e-5)])
    }
    return graph.node("Relu", [output], output: "\(prefix)\(name).relu")
  }

  private mutating func pool(
    _ input: String, _ size: Int, stride: Int, padding: Int = 0, roundsUp: Bool = false
  ) -> String {
    graph.node(
      "MaxPool", [input], output: nil,
      [
        "kernel_shape": .integers([size, size]), "strides": .integers([stride, stride]),
        "pads": .integers(Array(repeating: padding, count: 4)),
        "ceil_mode": .integer(roundsUp ? 1 : 0),
      ])
  }

  private mutating func floats(_ name: String, _ values: [Float], shape: [Int]) -> String {
    graph.constant(name, StoredTensor(floats: values, shape: shape))
  }

  // MARK: Parts

  private mutating func normalized() -> String {
    let rule = configuration.normalization
    let factors = floats(
      "pixel_factors", rule.deviation.map { rule.scale / $0 }, shape: [1, 3, 1, 1])
    let shifts = floats(
      "pixel_shifts", zip(rule.mean, rule.deviation).map { -$0 / $1 }, shape: [1, 3, 1, 1])
    let scaled = graph.node("Mul", ["images", factors])
    return graph.node("Add", [scaled, shifts])
  }

  /// The maps that boxes are predicted from.
  private mutating func features() throws -> [String] {
    var features = normalized()
    var conv4 = features
    for (block, depth) in [2, 2, 3, 3, 3].enumerated() {
      for position in 1...depth {
        features = try layer(
          "base.", "conv\(block + 1)_\(position)", features, kernel: 3, padding: 1)
      }
      switch block + 1 {
      case 3: features = pool(features, 2, stride: 2, roundsUp: true)
      case 4:
        conv4 = features
        features = pool(features, 2, stride: 2)
      case 5: features = pool(features, 3, stride: 1, padding: 1)
      default: features = pool(features, 2, stride: 2)
      }
    }
    features = try layer("base.", "conv6", features, kernel: 3, padding: 6, dilation: 6)
    features = try layer("base.", "conv7", features, kernel: 1)
    var maps = [try rescaled(conv4), features]
    for block in configuration.auxiliary {
      features = try layer("aux_convs.", "\(block.name)_1", features, kernel: 1)
      features = try layer(
        "aux_convs.", "\(block.name)_2", features, kernel: block.kernelSize,
        stride: block.stride, padding: block.padding)
      maps.append(features)
    }
    return maps
  }

  /// Each position's channels divided by their length, times the learned factors.
  private mutating func rescaled(_ input: String) throws -> String {
    let squares = graph.node("Mul", [input, input])
    let axes = graph.integers("channel_axis", [1])
    let sum = graph.node("ReduceSum", [squares, axes], output: nil, ["keepdims": .integer(1)])
    let smallest = floats("smallest_length", [1e-10], shape: [1])
    let length = graph.node("Sqrt", [graph.node("Add", [sum, smallest])])
    let unit = graph.node("Div", [input, length])
    return graph.node("Mul", [unit, try parameter("rescale_factors")])
  }

  private mutating func predictions(
    _ kind: String, _ maps: [String], width: Int, output: String
  ) throws -> String {
    let shape = graph.integers("\(kind)_shape", [0, -1, width])
    var rows: [String] = []
    for (map, input) in zip(configuration.featureMaps, maps) {
      let values = try convolution("pred_convs.\(kind)_\(map.name)", input, kernel: 3, padding: 1)
      let last = graph.node("Transpose", [values], output: nil, ["perm": .integers([0, 2, 3, 1])])
      rows.append(graph.node("Reshape", [last, shape]))
    }
    return graph.node("Concat", rows, output: output, ["axis": .integer(1)])
  }

  private mutating func decode(_ offsets: String, _ priors: PriorBoxes) {
    let shape = [1, priors.count, 2]
    let boxes = priors.centerSize
    let variances = priors.variances
    func part(_ from: Int) -> String {
      let starts = graph.integers("index_\(from)", [from])
      let ends = graph.integers("index_\(from + 2)", [from + 2])
      return graph.node("Slice", [offsets, starts, ends, graph.integers("last_axis", [2])])
    }
    let centers = floats(
      "prior_centers", boxes.flatMap { [$0.centerX, $0.centerY] }, shape: shape)
    let reaches = floats(
      "prior_reaches",
      boxes.flatMap { [$0.width * variances.center, $0.height * variances.center] }, shape: shape)
    let halves = floats(
      "prior_halves", boxes.flatMap { [$0.width / 2, $0.height / 2] }, shape: shape)
    let variance = floats("size_variance", [variances.size], shape: [1])
    let center = graph.node("Add", [graph.node("Mul", [part(0), reaches]), centers])
    let growth = graph.node("Exp", [graph.node("Mul", [part(2), variance])])
    let half = graph.node("Mul", [growth, halves])
    _ = graph.node(
      "Concat", [graph.node("Sub", [center, half]), graph.node("Add", [center, half])],
      output: "boxes", ["axis": .integer(2)])
  }
}
