extension StoredTensor {
  /// What the name of a tensor of scales ends in, after that of the tensor of bytes it belongs to.
  public static let scaleSuffix = "_scale"

  /// The same array as floats, every part of the first dimension times its own factor: weights that
  /// were stored as bytes.
  ///
  /// - Precondition: there is a factor for each.
  func scaled(by factors: StoredTensor) -> StoredTensor {
    precondition(factors.count == shape.first, "\(factors.count) factors for shape \(shape)")
    return StoredTensor(shape: shape, scalarType: .float32) { body in
      let scales = try factors.floats()
      var values = try floats()
      let each = values.count / max(1, scales.count)
      for (part, scale) in scales.enumerated() {
        for index in part * each..<(part + 1) * each { values[index] *= scale }
      }
      try values.withUnsafeBytes(body)
    }
  }
}
