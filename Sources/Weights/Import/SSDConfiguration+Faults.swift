import MultiBox

extension SSDConfiguration {
  /// Why no detector can be built from a configuration that came from a file, or nil when one can.
  var fault: String? {
    for map in featureMaps {
      let numbers = [map.scale] + map.aspectRatios + [map.extraScale, map.step].compactMap { $0 }
      guard (1...1024).contains(map.size), numbers.allSatisfy({ $0.isFinite && $0 > 0 }),
        (1...64).contains(map.aspectRatios.count)
      else { return "the feature map `\(map.name)`" }
    }
    guard !featureMaps.isEmpty else { return "there are no feature maps" }
    do {
      _ = try NetworkGraph(validating: self)
    } catch {
      return "\(error)"
    }
    guard normalization.mean.count == 3, normalization.deviation.count == 3,
      (normalization.mean + [normalization.scale]).allSatisfy(\.isFinite),
      normalization.deviation.allSatisfy({ $0.isFinite && $0 != 0 }), normalization.scale != 0
    else { return "the normalization of pixels" }
    guard variances.center.isFinite, variances.size.isFinite, variances.center > 0,
      variances.size > 0
    else { return "the variances" }
    return nil
  }
}
