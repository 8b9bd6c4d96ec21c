import Protobuf

/// A network in ONNX's terms: nodes in the order in which they are computed, and constants.
///
/// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
struct ONNXGraph {
  enum Attribute {
    case integer(Int)
    case integers([Int])
    case real(Float)
  }

  /// A dimension of an input or output: a number, or a name when it may vary.
  enum Dimension {
    case fixed(Int)
    case named(String)
  }

  private var message = ProtobufMessage()
  private var constants: Set<String> = []
  private var names: [String: Int] = [:]

  init(name: String) { message.add(2, name) }

  /// Appends an operator.
  ///
  /// - Parameter output: the result's name; nil makes one up.
  /// - Returns: the result's name.
  mutating func node(
    _ type: String, _ inputs: [String], output: String? = nil,
    _ attributes: KeyValuePairs<String, Attribute> = [:]
  ) -> String {
    let output = output ?? fresh(type)
    message.add(1) { node in
      for input in inputs { node.add(1, input) }
      node.add(2, output)
      node.add(3, "\(type)/\(output)")
      node.add(4, type)
      for (name, value) in attributes {
        node.add(5) { attribute in
          attribute.add(1, name)
          switch value {
          case .real(let value):
            attribute.add(2, value)
            attribute.add(20, 1)
          case .integer(let value):
            attribute.add(3, value)
            attribute.add(20, 2)
          case .integers(let values):
            for value in values { attribute.add(8, value) }
            attribute.add(20, 7)
          }
        }
      }
    }
    return output
  }

  /// Adds a constant of floats or 64-bit integers, once.
  @discardableResult
  mutating func constant(_ name: String, _ tensor: StoredTensor) -> String {
    guard constants.insert(name).inserted else { return name }
    let isInteger = tensor.scalarType == .int64
    message.add(5) { constant in
      for length in tensor.shape { constant.add(1, length) }
      constant.add(2, isInteger ? 7 : 1)
      constant.add(8, name)
      constant.add(9, isInteger ? tensor : tensor.converted(to: .float32))
    }
    return name
  }

  mutating func integers(_ name: String, _ values: [Int]) -> String {
    constant(name, StoredTensor(integers: values.map(Int64.init), shape: [values.count]))
  }

  /// Declares an input of the network; floats.
  mutating func input(_ name: String, _ shape: [Dimension], about: String) {
    value(11, name, shape, about)
  }

  /// Declares an output of the network; floats.
  mutating func output(_ name: String, _ shape: [Dimension], about: String) {
    value(12, name, shape, about)
  }

  private mutating func value(
    _ field: UInt64, _ name: String, _ shape: [Dimension], _ about: String
  ) {
    message.add(field) { value in
      value.add(1, name)
      value.add(2) { type in
        type.add(1) { tensor in
          tensor.add(1, 1)
          tensor.add(2) { dimensions in
            for length in shape {
              dimensions.add(1) { dimension in
                switch length {
                case .fixed(let count): dimension.add(1, count)
                case .named(let name): dimension.add(2, name)
                }
              }
            }
          }
        }
      }
      value.add(3, about)
    }
  }

  private mutating func fresh(_ type: String) -> String {
    names[type, default: 0] += 1
    return "\(type.lowercased())_\(names[type, default: 0])"
  }

  /// The whole file: the graph, the operators' version, and texts for people and programs.
  func model(opset: Int, about: String, metadata: [String: String]) -> ProtobufMessage {
    var model = ProtobufMessage()
    // Version 8 came with operator set 15 and is read by everything since.
    model.add(1, 8)
    model.add(2, "swift-ssd")
    model.add(6, about)
    model.add(7, message)
    model.add(8) { $0.add(2, opset) }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      model.add(14) { entry in
        entry.add(1, key)
        entry.add(2, value)
      }
    }
    return model
  }
}
