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
    let network = configuration.graph
    let outputs = try layers(network)
    let locations = predictions(
      "loc", network.predictions.map { outputs[$0.offsets] }, width: 4,
      output: decoded ? "offsets" : "locations")
    let scores = predictions(
      "cl", network.predictions.map { outputs[$0.logits] }, width: configuration.scoreCount,
      output: decoded ? "logits" : "scores")
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

  /// A convolution with its batch normalization and its activation, where it has them.
  private mutating func convolution(
    _ layer: ResolvedLayer, _ convolution: Convolution, _ input: String
  ) throws -> String {
    let name = layer.parameterName
    var parameters = [try parameter("\(name).weight")]
    if convolution.hasBias { parameters.append(try parameter("\(name).bias")) }
    var output = graph.node(
      "Conv", [input] + parameters, output: name,
      [
        "kernel_shape": .integers([convolution.kernelSize, convolution.kernelSize]),
        "strides": .integers([convolution.stride, convolution.stride]),
        "pads": .integers(Self.pads(convolution.padding)),
        "dilations": .integers([convolution.dilation, convolution.dilation]),
        "group": .integer(convolution.groups),
      ])
    if let norm = layer.normalizationName, let epsilon = convolution.normalization?.epsilon {
      let parts = try ["weight", "bias", "running_mean", "running_var"].map {
        try parameter("\(norm).\($0)")
      }
      output = graph.node(
        "BatchNormalization", [output] + parts, output: norm, ["epsilon": .real(Float(epsilon))])
    }
    return activated(output, convolution.activation, name: name)
  }

  private mutating func activated(
    _ input: String, _ activation: Activation, name: String
  ) -> String {
    switch activation {
    case .none: input
    case .relu: graph.node("Relu", [input], output: "\(name).relu")
    case .relu6:
      graph.node(
        "Clip", [input, floats("zero", [0], shape: []), floats("six", [6], shape: [])],
        output: "\(name).relu6")
    case .hardSigmoid:
      graph.node(
        "HardSigmoid", [input], output: "\(name).hard_sigmoid",
        ["alpha": .real(1 / 6), "beta": .real(0.5)])
    case .hardSwish:
      graph.node(
        "Mul", [input, activated(input, .hardSigmoid, name: name)], output: "\(name).hard_swish")
    }
  }

  /// Rows above, columns to the left, rows below, columns to the right.
  private static func pads(_ padding: Padding) -> [Int] {
    [padding.before, padding.before, padding.after, padding.after]
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

  /// The output of every layer, in the order of the network's graph.
  private mutating func layers(_ network: NetworkGraph) throws -> [String] {
    let image = normalized()
    var outputs: [String] = []
    for (index, layer) in network.layers.enumerated() {
      let inputs = network.inputs[index].map { $0.map { outputs[$0] } ?? image }
      let output: String
      switch layer.operation {
      case .convolution(let settings): output = try convolution(layer, settings, inputs[0])
      case .maximumPooling(let pooling):
        output = graph.node(
          "MaxPool", inputs, output: layer.parameterName,
          [
            "kernel_shape": .integers([pooling.kernelSize, pooling.kernelSize]),
            "strides": .integers([pooling.stride, pooling.stride]),
            "pads": .integers(Self.pads(pooling.padding)),
            "ceil_mode": .integer(pooling.roundsUp ? 1 : 0),
          ])
      case .addition(let activation):
        let name = layer.parameterName
        output = activated(graph.node("Add", inputs, output: name), activation, name: name)
      case .channelScaling(let activation):
        let name = layer.parameterName
        output = activated(graph.node("Mul", inputs, output: name), activation, name: name)
      case .globalAverage:
        output = graph.node("GlobalAveragePool", inputs, output: layer.parameterName)
      case .l2Normalization(let normalization):
        output = try l2Normalized(layer, normalization, inputs[0])
      }
      outputs.append(output)
    }
    return outputs
  }

  /// Each position's channels divided by their L2 norm, times the learned factors.
  private mutating func l2Normalized(
    _ layer: ResolvedLayer, _ normalization: L2Normalization, _ input: String
  ) throws -> String {
    let name = layer.parameterName
    let squares = graph.node("Mul", [input, input])
    let axes = graph.integers("channel_axis", [1])
    let sum = graph.node("ReduceSum", [squares, axes], output: nil, ["keepdims": .integer(1)])
    let epsilon = floats("\(name).epsilon", [Float(normalization.epsilon)], shape: [1])
    let norm = graph.node("Sqrt", [graph.node("Add", [sum, epsilon])])
    let unit = graph.node("Div", [input, norm])
    return graph.node(
      "Mul", [unit, try parameter(layer.scaleName ?? "\(name).weight")], output: name)
  }

  /// The rows of all feature maps, one for each prior.
  private mutating func predictions(
    _ kind: String, _ maps: [String], width: Int, output: String
  ) -> String {
    let shape = graph.integers("\(kind)_shape", [0, -1, width])
    let rows = maps.map { map in
      let last = graph.node("Transpose", [map], output: nil, ["perm": .integers([0, 2, 3, 1])])
      return graph.node("Reshape", [last, shape])
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
