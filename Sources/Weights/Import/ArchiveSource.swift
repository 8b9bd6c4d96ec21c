import MultiBox

/// An archive in which a layout has been recognised.
struct ArchiveSource {
  let archive: any TensorArchive
  let layout: CheckpointLayout
  /// What stands before the layout's own names, such as `model.`.
  let prefix: String

  /// The file's tensor under the layout's name, or nil.
  func tensor(_ name: String) -> StoredTensor? { try? archive.tensor(prefix + name) }

  /// The tensors that a network needs, as it needs them.
  ///
  /// - Throws: ``WeightMismatch`` with all differences.
  func parameters(
    _ map: NameMap, needed: [(name: String, shape: [Int])]
  ) throws -> [String: StoredTensor] {
    var parameters: [String: StoredTensor] = [:]
    var shapes: [String: [Int]] = [:]
    var aliases: [String: String] = [:]
    var used: Set<String> = []
    for (ours, theirs, change) in map.entries {
      aliases[ours] = prefix + theirs
      guard let stored = tensor(theirs) else { continue }
      used.insert(prefix + theirs)
      var tensor = Self.changed(stored, change) ?? stored
      // Only our own quantised models have bytes for weights.
      if tensor.scalarType == .int8, let scales = self.tensor(theirs + StoredTensor.scaleSuffix),
        scales.shape == Array(tensor.shape.prefix(1))
      {
        used.insert(prefix + theirs + StoredTensor.scaleSuffix)
        tensor = tensor.scaled(by: scales)
      }
      parameters[ours] = tensor
      shapes[ours] = tensor.shape
    }
    for name in archive.names where !used.contains(name) && !isIgnored(name) {
      shapes[name] = try? archive.tensor(name).shape
    }
    if let mismatch = WeightMismatch(
      archive.url, needed: needed, found: shapes, layout: layout, aliases: aliases)
    {
      throw mismatch
    }
    return parameters
  }

  /// The tensor after the change, or nil when its shape is not one that can be changed so.
  private static func changed(_ tensor: StoredTensor, _ change: NameMap.Change) -> StoredTensor? {
    switch change {
    case .none: return tensor
    case .perChannel:
      // Old Caffe files have four dimensions always.
      let shape = Array(tensor.shape.drop { $0 == 1 })
      return shape.count == 1 ? tensor.reshaped([1, shape[0], 1, 1]) : nil
    case .reversedInputs:
      return tensor.shape.count == 4 && tensor.shape[1] == 3 ? tensor.withReversedInputs : nil
    case .decimated(let decimation): return decimation(tensor)
    }
  }

  /// Whether a tensor that no network needs may be there: classifiers, what training left, and what
  /// lies outside the part of the file in which the layout was recognised.
  private func isIgnored(_ name: String) -> Bool {
    guard name.hasPrefix(prefix) else { return true }
    let own = name.dropFirst(prefix.count)
    if own.hasSuffix(".num_batches_tracked") { return true }
    return Self.ignoredPrefixes[layout, default: []].contains { own.hasPrefix($0) }
  }

  private static let ignoredPrefixes: [CheckpointLayout: [String]] = [
    .swiftSSD: ["momentum.", "training.", "optimizer."],
    .tutorial: ["priors_cxcy"],
    .amdegroot: ["priors"],
    .lufficc: ["box_head.post_processor.", "box_head.priors"],
    .torchvisionVGG: ["classifier.6."],
    .timmVGG: ["head."],
    .caffeVGG: ["fc8"],
    .torchvisionResNet: ["layer4.", "fc."],
  ]
}
