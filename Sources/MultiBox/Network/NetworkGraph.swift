/// A network whose layers fit together: every input known, every size computed, every fault named.
///
/// ```swift
/// for layer in SSDConfiguration.ssd300(classes: .voc).graph.layers {
///   print(layer.name, layer.outputChannels, layer.outputSize, layer.receptiveField)
/// }
/// ```
public struct NetworkGraph: Sendable {
  /// The layers in the order of computation: base, auxiliary convolutions, and for each feature map the
  /// two convolutions that predict offsets (`loc_`) and class logits (`cl_`).
  public let layers: [ResolvedLayer]
  /// By layer: the positions in ``layers`` of those that it reads; nil is the image.
  public let inputs: [[Int?]]
  /// By feature map: where its boxes are predicted.
  public let predictions: [Prediction]

  /// The layers that predict from one feature map.
  public struct Prediction: Hashable, Sendable {
    /// The position in the graph's layers of the one that is predicted from.
    public let source: Int
    /// The position of the convolution that predicts offsets.
    public let offsets: Int
    /// The position of the convolution that predicts class logits.
    public let logits: Int
  }

  /// Resolves layers without predictions, such as a backbone's alone.
  ///
  /// - Parameter imageSize: the rows and columns of the image.
  /// - Throws: ``NetworkError``, which names the layer.
  public init(_ layers: [NetworkLayer], imageSize: Int) throws(NetworkError) {
    let resolution = try Self.resolved(layers, imageSize: imageSize)
    self.init(layers: resolution.layers, inputs: resolution.inputs, predictions: [])
  }

  /// Resolves the whole network of a configuration.
  ///
  /// - Throws: ``NetworkError``, which names the layer or the feature map.
  public init(validating configuration: SSDConfiguration) throws(NetworkError) {
    if let channels = configuration.base.vgg16?.blockChannels,
      channels.count != VGG16.blockDepths.count
    {
      throw NetworkError("base", "VGG-16 has five blocks, and there are channels for \(channels)")
    }
    let (layers, inputs) = try Self.resolved(
      configuration.layers, imageSize: configuration.imageSize)
    var positions: [String: Int] = [:]
    for (index, layer) in layers.enumerated() { positions[layer.name] = index }
    var predictions: [Prediction] = []
    for map in configuration.featureMaps {
      let heads = configuration.heads(of: map)
      let source = heads.source
      guard let index = positions[source], let offsets = positions[heads.offsets],
        let logits = positions[heads.logits]
      else { throw NetworkError(map.name, "there is no layer of this name to predict from") }
      guard layers[index].outputSize == map.size else {
        throw NetworkError(
          map.name,
          "the configuration has priors on \(map.size) x \(map.size) positions of it, but the "
            + "layers give \(layers[index].outputSize) x \(layers[index].outputSize)")
      }
      predictions.append(Prediction(source: index, offsets: offsets, logits: logits))
    }
    let read = Set(inputs.joined().compactMap { $0 })
    let heads = Set(predictions.flatMap { [$0.offsets, $0.logits] })
    if let unused = layers.indices.first(where: { !read.contains($0) && !heads.contains($0) }) {
      throw NetworkError(
        layers[unused].name,
        "nothing reads its output: predict from it, or leave it out")
    }
    self.init(layers: layers, inputs: inputs, predictions: predictions)
  }

  private init(layers: [ResolvedLayer], inputs: [[Int?]], predictions: [Prediction]) {
    self.layers = layers
    self.inputs = inputs
    self.predictions = predictions
  }

  /// By layer: the positions of the layers that read its output, in order.
  public var readers: [[Int]] {
    var readers = layers.map { _ in [Int]() }
    for (index, sources) in inputs.enumerated() {
      for case let source? in sources { readers[source].append(index) }
    }
    return readers
  }

  /// The names and shapes of all parameters and buffers, the factors of L2 normalizations first, then
  /// base, auxiliary convolutions, the predictions of offsets, and those of logits.
  public var parameterShapes: [(name: String, shape: [Int])] {
    let heads = predictions.map(\.offsets) + predictions.map(\.logits)
    let isHead = Set(heads)
    let scales = layers.filter { $0.scaleName != nil }
    let others = layers.indices.filter { !isHead.contains($0) && layers[$0].scaleName == nil }
    return (scales + (others + heads).map { layers[$0] }).flatMap(\.parameterShapes)
  }

  /// The number of values that training changes.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }

  /// The multiply-adds of a forward pass of one image.
  public var multiplications: Int { layers.reduce(0) { $0 + $1.multiplications } }

  /// The multiply-adds of a training step for one image: forwards, and backwards for the weights and for
  /// the inputs, of which the image needs none.
  public var trainingMultiplications: Int {
    layers.indices.reduce(0) {
      $0 + (inputs[$1] == [nil] ? 2 : 3) * layers[$1].multiplications
    }
  }

  /// By layer: whether no value of its output can be negative, given that the factors of L2
  /// normalizations are not.
  public var isNonNegative: [Bool] {
    var result: [Bool] = []
    for (index, layer) in layers.enumerated() {
      let inputs = inputs[index].map { $0.map { result[$0] } ?? false }
      let areNonNegative = inputs.allSatisfy(\.self)
      let isNonNegative =
        switch layer.operation {
        case .convolution(let convolution): convolution.activation.isNonNegative
        case .addition(let activation), .channelScaling(let activation):
          activation.isNonNegative || areNonNegative
        case .maximumPooling, .globalAverage, .l2Normalization: areNonNegative
        }
      result.append(isNonNegative)
    }
    return result
  }
}
