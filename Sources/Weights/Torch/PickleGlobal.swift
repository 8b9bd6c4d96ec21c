/// A Python name that a pickle may refer to. There are no others: nothing is imported or called.
enum PickleGlobal: Equatable {
  case rebuildTensor
  case rebuildTensorWithScalarType
  case rebuildParameter
  case rebuildFromType
  /// `dict`, `OrderedDict`, `defaultdict` and their like.
  case dictionary
  case list
  case tuple
  case set
  /// How protocol 2 spells byte strings.
  case encode
  /// How older pickles spell new objects.
  case reconstruct
  case storage(ScalarType)
  case untypedStorage
  case scalarType(ScalarType)
  /// A class or function that is remembered as having been there, and nothing else.
  case recorded

  /// The meaning of a name, or nil when it is not allowed.
  init?(module: String, name: String) {
    if let known = Self.known["\(module) \(name)"] {
      self = known
    } else if Self.recordedModules.contains(where: module.hasPrefix), Self.isPlain(module, name) {
      self = .recorded
    } else {
      return nil
    }
  }

  /// Whether a name is a single identifier: protocol 4 lets `a.b` walk from a harmless module to a
  /// harmful one.
  private static func isPlain(_ module: String, _ name: String) -> Bool {
    func isIdentifier(_ part: Substring) -> Bool {
      !part.isEmpty
        && part.utf8.allSatisfy {
          switch $0 {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
          default: false
          }
        }
    }
    return isIdentifier(name[...])
      && module.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isIdentifier)
  }

  /// Where classes of layers and optimisers live. Layers of PyTorch up to 1.1 refer to their backend.
  private static let recordedModules = [
    "torch.nn.modules.", "torch.nn.backends.", "torch.nn.parallel.", "torch.optim.",
    "torchvision.models.", "torchvision.ops.", "timm.models.", "timm.layers.",
  ]

  private static let known: [String: PickleGlobal] = {
    var known: [String: PickleGlobal] = [
      "torch._utils _rebuild_tensor": .rebuildTensor,
      "torch._utils _rebuild_tensor_v2": .rebuildTensor,
      "torch._utils _rebuild_tensor_v3": .rebuildTensorWithScalarType,
      "torch._utils _rebuild_parameter": .rebuildParameter,
      "torch._utils _rebuild_parameter_with_state": .rebuildParameter,
      // How PyTorch 0.4 spells parameters: the class, called with the tensor.
      "torch.nn.parameter Parameter": .rebuildParameter,
      "torch._tensor _rebuild_from_type_v2": .rebuildFromType,
      "collections OrderedDict": .dictionary,
      "collections defaultdict": .dictionary,
      "collections Counter": .dictionary,
      "torch Size": .tuple,
      "_codecs encode": .encode,
      "copy_reg _reconstructor": .reconstruct,
      "copyreg _reconstructor": .reconstruct,
      "torch.storage UntypedStorage": .untypedStorage,
      "torch UntypedStorage": .untypedStorage,
    ]
    for module in ["__builtin__", "builtins"] {
      known["\(module) dict"] = .dictionary
      known["\(module) list"] = .list
      known["\(module) tuple"] = .tuple
      known["\(module) set"] = .set
      known["\(module) frozenset"] = .set
      for name in [
        "object", "int", "long", "float", "bool", "str", "unicode", "bytes", "complex",
        "slice", "bytearray", "range", "xrange",
      ] {
        known["\(module) \(name)"] = .recorded
      }
    }
    let storages: [(String, ScalarType)] = [
      ("Double", .float64), ("Float", .float32), ("Half", .float16), ("BFloat16", .bfloat16),
      ("Long", .int64), ("Int", .int32), ("Short", .int16), ("Char", .int8), ("Byte", .uint8),
      ("Bool", .bool),
    ]
    for (prefix, type) in storages {
      known["torch \(prefix)Storage"] = .storage(type)
      known["torch.cuda \(prefix)Storage"] = .storage(type)
    }
    let scalarTypes: [(String, ScalarType)] = [
      ("float64", .float64), ("double", .float64), ("float32", .float32), ("float", .float32),
      ("float16", .float16), ("half", .float16), ("bfloat16", .bfloat16), ("int64", .int64),
      ("long", .int64), ("int32", .int32), ("int", .int32), ("int16", .int16), ("short", .int16),
      ("int8", .int8), ("uint8", .uint8), ("bool", .bool),
    ]
    for (name, type) in scalarTypes { known["torch \(name)"] = .scalarType(type) }
    for name in recordedNames { known[name] = .recorded }
    return known
  }()

  /// Classes of the SSD implementations whose whole models people have saved, and what training
  /// scripts save beside weights.
  private static let recordedNames = [
    "model SSD300", "model VGGBase", "model AuxiliaryConvolutions",
    "model PredictionConvolutions", "model MultiBoxLoss",
    "ssd SSD", "layers.modules.l2norm L2Norm", "layers.functions.detection Detect",
    "layers.functions.prior_box PriorBox",
    "torch Tensor", "torch device", "torch dtype", "torch contiguous_format",
    "torch channels_last", "torch.nn.functional relu",
    "torch.serialization _get_layout", "torch.torch_version TorchVersion",
    "argparse Namespace", "pathlib PosixPath", "datetime datetime",
    "numpy dtype", "numpy ndarray",
    "numpy.core.multiarray scalar", "numpy.core.multiarray _reconstruct",
    "numpy._core.multiarray scalar", "numpy._core.multiarray _reconstruct",
  ]
}
