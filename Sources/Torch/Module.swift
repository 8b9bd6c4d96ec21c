/// A part of a network that owns parameters, or parts that do.
///
/// Parameters and parts are found by reflection: a stored property `rescaleFactors` of type
/// ``Parameter`` is called `rescale_factors`, the parameters of a stored property `base` that is a
/// module begin with `base.`, as in PyTorch, so that weights move between the two without a map.
public protocol Module: AnyObject {
  /// The parameters, buffers and modules that stand directly in this one, in order of declaration.
  var children: [(name: String, child: ModuleChild)] { get }
}

/// What a module is made of.
public enum ModuleChild {
  /// A tensor that is learned.
  case parameter(Tensor)
  /// A tensor that is saved but not learned, such as a running mean.
  case buffer(Tensor)
  case module(any Module)
}

/// A tensor that is learned. Its value is overwritten in place, never replaced.
public struct Parameter {
  /// The tensor itself.
  public let tensor: Tensor

  /// Starts recording operators on the tensor.
  public init(_ tensor: Tensor) {
    tensor.setRequiresGradient(true)
    self.tensor = tensor
  }
}

/// A tensor that is saved with the parameters but not learned.
public struct Buffer {
  /// The tensor itself.
  public let tensor: Tensor

  /// Marks a tensor as saved but not learned.
  public init(_ tensor: Tensor) { self.tensor = tensor }
}

/// Layers by name, in order. Their names stand directly under the module that holds the collection.
public final class Layers<Layer: Module>: Module {
  /// The names and the layers.
  public let elements: [(name: String, layer: Layer)]
  private let indices: [String: Int]

  /// - Precondition: the names differ.
  public init(_ elements: [(name: String, layer: Layer)]) {
    self.elements = elements
    indices = Dictionary(uniqueKeysWithValues: zip(elements.map(\.name), elements.indices))
  }

  /// The layer of that name.
  ///
  /// - Precondition: there is one.
  public subscript(name: String) -> Layer {
    guard let index = indices[name] else { fatalError("there is no layer `\(name)`") }
    return elements[index].layer
  }

  /// What the module is made of.
  public var children: [(name: String, child: ModuleChild)] {
    elements.map { ($0.name, .module($0.layer)) }
  }
}

/// A collection whose elements' names stand one level higher.
private protocol Transparent: Module {}
extension Layers: Transparent {}

extension Module {
  /// What the module is made of.
  public var children: [(name: String, child: ModuleChild)] {
    Mirror(reflecting: self).children.flatMap {
      label, value -> [(name: String, child: ModuleChild)] in
      guard let label else { return [] }
      switch value {
      case let parameter as Parameter: return [(snakeCase(label), .parameter(parameter.tensor))]
      case let buffer as Buffer: return [(snakeCase(label), .buffer(buffer.tensor))]
      case let collection as any Transparent: return collection.children
      case let module as any Module: return [(snakeCase(label), .module(module))]
      default: return []
      }
    }
  }

  /// Every learned tensor with its full name, such as `base.conv1_1.weight`.
  public var parameters: [(name: String, tensor: Tensor)] {
    collected { if case .parameter(let tensor) = $0 { tensor } else { nil } }
  }

  /// Every tensor that belongs into a checkpoint: the parameters and the buffers.
  public var state: [(name: String, tensor: Tensor)] {
    collected {
      switch $0 {
      case .parameter(let tensor), .buffer(let tensor): tensor
      case .module: nil
      }
    }
  }

  /// This module and every module in it.
  public var modules: [any Module] {
    [self]
      + children.flatMap { _, child -> [any Module] in
        if case .module(let module) = child { module.modules } else { [] }
      }
  }

  /// Moves every tensor of the ``state`` to a device, with the weights of convolutions in an order that
  /// suits them there. Gradients are forgotten.
  ///
  /// - Parameter format: of four-dimensional tensors.
  /// - Precondition: the device is open.
  public func move(to device: Device, format: MemoryFormat = .preserve) {
    for (_, tensor) in state {
      let moved = tensor.detached().moved(to: device)
      tensor.clearGradient()
      tensor.replace(
        with: format != .preserve && tensor.shape.count == 4 ? moved.contiguous(format) : moved)
    }
  }

  private func collected(
    _ tensor: (ModuleChild) -> Tensor?
  ) -> [(name: String, tensor: Tensor)] {
    children.flatMap { name, child -> [(name: String, tensor: Tensor)] in
      if case .module(let module) = child {
        return module.collected(tensor).map { ("\(name).\($0.name)", $0.tensor) }
      }
      return tensor(child).map { [(name, $0)] } ?? []
    }
  }
}

/// `rescaleFactors` -> `rescale_factors`; what has no capitals stays as it is.
private func snakeCase(_ name: String) -> String {
  var result = ""
  for character in name {
    if character.isUppercase { result.append("_") }
    result += character.lowercased()
  }
  return result
}
