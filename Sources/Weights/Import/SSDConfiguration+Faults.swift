import MultiBox

extension SSDConfiguration {
  /// Why no network can be built from a configuration that came from a file, or nil when one can.
  var fault: String? {
    func isChannels(_ count: Int) -> Bool { (1...65_536).contains(count) }
    guard (8...8192).contains(imageSize) else { return "an image of \(imageSize) pixels" }
    guard base.blockChannels.count == 5, base.blockChannels.allSatisfy(isChannels),
      isChannels(base.convolutionalChannels)
    else { return "the channels \(base.blockChannels), \(base.convolutionalChannels)" }
    for block in auxiliary {
      guard block.name.hasPrefix("conv"), isChannels(block.bottleneckChannels),
        isChannels(block.channels), (1...64).contains(block.kernelSize),
        (1...64).contains(block.stride), (0...64).contains(block.padding)
      else { return "the auxiliary block `\(block.name)`" }
    }
    let names = ["conv4_3", "conv7"] + auxiliary.map { $0.name + "_2" }
    guard Set(names).count == names.count else { return "auxiliary blocks with one name" }
    guard featureMaps.map(\.name) == names else {
      return "feature maps \(featureMaps.map(\.name)) for the layers \(names)"
    }
    for map in featureMaps {
      let numbers = [map.scale] + map.aspectRatios + [map.extraScale, map.step].compactMap { $0 }
      guard (1...1024).contains(map.size), numbers.allSatisfy({ $0.isFinite && $0 > 0 }),
        (1...64).contains(map.aspectRatios.count)
      else { return "the feature map `\(map.name)`" }
    }
    guard normalization.mean.count == 3, normalization.deviation.count == 3,
      (normalization.mean + [normalization.scale]).allSatisfy(\.isFinite),
      normalization.deviation.allSatisfy({ $0.isFinite && $0 != 0 }), normalization.scale != 0
    else { return "the normalisation of pixels" }
    guard variances.center.isFinite, variances.size.isFinite, variances.center > 0,
      variances.size > 0
    else { return "the variances" }
    return nil
  }
}
