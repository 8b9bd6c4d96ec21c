// A layer in a file: `{"name": "conv1", "part": "base", "inputs": ["image"], "operation": "convolution",
// "channels": 64, ...}`, the operation's settings beside the layer's.

extension NetworkLayer: Codable {
  private enum CodingKeys: String, CodingKey {
    case name, part, inputs, operation, activation
  }

  /// The operations by the names that they have in files.
  private enum OperationName: String, Codable {
    case convolution, maximumPooling, addition, channelScaling, globalAverage, l2Normalization
  }

  /// Reads a layer as it was saved.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let operation: LayerOperation =
      switch try values.decode(OperationName.self, forKey: .operation) {
      case .convolution: .convolution(try Convolution(from: decoder))
      case .maximumPooling: .maximumPooling(try MaximumPooling(from: decoder))
      case .addition: .addition(try values.decode(Activation.self, forKey: .activation))
      case .channelScaling:
        .channelScaling(try values.decode(Activation.self, forKey: .activation))
      case .globalAverage: .globalAverage
      case .l2Normalization: .l2Normalization(try L2Normalization(from: decoder))
      }
    self.init(
      name: try values.decode(String.self, forKey: .name),
      part: try values.decode(Part.self, forKey: .part),
      inputs: try values.decode([String].self, forKey: .inputs), operation: operation)
  }

  /// Writes a layer with its operation's settings beside its own.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(part, forKey: .part)
    try values.encode(inputs, forKey: .inputs)
    func encode(_ operation: OperationName) throws {
      try values.encode(operation, forKey: .operation)
    }
    switch operation {
    case .convolution(let convolution):
      try encode(.convolution)
      try convolution.encode(to: encoder)
    case .maximumPooling(let pooling):
      try encode(.maximumPooling)
      try pooling.encode(to: encoder)
    case .addition(let activation):
      try encode(.addition)
      try values.encode(activation, forKey: .activation)
    case .channelScaling(let activation):
      try encode(.channelScaling)
      try values.encode(activation, forKey: .activation)
    case .globalAverage: try encode(.globalAverage)
    case .l2Normalization(let normalization):
      try encode(.l2Normalization)
      try normalization.encode(to: encoder)
    }
  }
}

extension Padding: Codable {
  /// Reads one number for every side, or two: before and after.
  public init(from decoder: any Decoder) throws {
    if let count = try? decoder.singleValueContainer().decode(Int.self) {
      self.init(count)
    } else {
      var values = try decoder.unkeyedContainer()
      self.init(before: try values.decode(Int.self), after: try values.decode(Int.self))
    }
  }

  /// Writes one number where every side has the same padding, and two otherwise.
  public func encode(to encoder: any Encoder) throws {
    if isSymmetric {
      var value = encoder.singleValueContainer()
      try value.encode(before)
    } else {
      var values = encoder.unkeyedContainer()
      try values.encode(before)
      try values.encode(after)
    }
  }
}
