/// A value of a pickle. What has parts is a node of the ``PickleGraph`` and stands here by its index,
/// so that cycles and great depth cost nothing.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case text(String)
  /// A byte string, or an integer of more than 64 bits: where it lies in the file.
  case bytes(start: Int, count: Int)
  case global(PickleGlobal)
  case node(Int)
}

/// What a pickle describes: nodes that refer to one another by index.
struct PickleGraph {
  struct Node {
    enum Kind {
      case list
      case tuple
      case set
      /// Keys and values alternate.
      case dictionary
      /// An object of a class that is only recorded: `state` is what it would be built from.
      case record
      case storage(Int)
      case tensor(Int)
    }

    var kind: Kind
    var items: [PickleValue] = []
    var state = PickleValue.none
  }

  var nodes: [Node] = []
  var storages: [StorageReference] = []
  var tensors: [TensorReference] = []

  func node(_ value: PickleValue) -> Node? {
    guard case .node(let index) = value else { return nil }
    return nodes[index]
  }

  /// The items of a tuple, or nil when the value is none.
  func tuple(_ value: PickleValue) -> [PickleValue]? {
    guard let node = node(value), case .tuple = node.kind else { return nil }
    return node.items
  }

  /// The items of a list, or nil when the value is none.
  func list(_ value: PickleValue) -> [PickleValue]? {
    guard let node = node(value), case .list = node.kind else { return nil }
    return node.items
  }

  /// A dictionary's value for a textual key.
  func value(_ key: String, of dictionary: PickleValue) -> PickleValue? {
    guard let node = node(dictionary), case .dictionary = node.kind else { return nil }
    var position = node.items.count - 2
    while position >= 0 {
      if case .text(key) = node.items[position] { return node.items[position + 1] }
      position -= 2
    }
    return nil
  }
}

/// A block of elements that lies in the file apart from the pickle.
struct StorageReference {
  /// nil for a block of bytes whose tensors say what they are.
  var scalarType: ScalarType?
  var key: String
  /// How many elements.
  var count: Int
  /// The first element within the stored block, for the storage views of old files.
  var start = 0
}

/// A view of a storage. It lies within the storage's bounds.
struct TensorReference {
  var storage: Int
  var scalarType: ScalarType
  /// The first element, in elements.
  var offset: Int
  var shape: [Int]
  /// In elements.
  var strides: [Int]
}
