extension SSDConfiguration {
  /// The names that ``preset(named:classes:)`` knows.
  public static let presetNames = [
    "ssd300", "ssd512", "ssd300-bn", "ssd300-stem", "ssd300-small", "ssd300-tiny",
    "ssd300-resnet18", "ssd300-resnet50",
  ]

  /// The preset of that name, or nil when there is none.
  public static func preset(named name: String, classes: ClassList) -> SSDConfiguration? {
    switch name {
    case "ssd300": .ssd300(classes: classes)
    case "ssd512": .ssd512(classes: classes)
    case "ssd300-bn": .ssd300Normalized(classes: classes)
    case "ssd300-stem": .ssd300Stem(classes: classes)
    case "ssd300-small": .ssd300Small(classes: classes)
    case "ssd300-tiny": .ssd300Tiny(classes: classes)
    case "ssd300-resnet18": .ssd300ResNet(.resNet18, classes: classes)
    case "ssd300-resnet50": .ssd300ResNet(.resNet50, classes: classes)
    default: nil
    }
  }

  /// SSD300 as in the paper: VGG-16, six maps, 8732 priors.
  public static func ssd300(classes: ClassList) -> SSDConfiguration {
    SSDConfiguration(
      name: "ssd300", imageSize: 300, classes: classes, base: .vgg16(VGG16()),
      auxiliary: auxiliary300(divisor: 1), featureMaps: featureMaps300)
  }

  /// SSD512: a seventh map (conv12_2), 24,564 priors. Scales as in the authors' VOC models.
  public static func ssd512(classes: ClassList) -> SSDConfiguration {
    let scales = [0.07, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.05]
    let names = ["conv4_3", "conv7", "conv8_2", "conv9_2", "conv10_2", "conv11_2", "conv12_2"]
    let five = [1, 2, 3, 0.5, 1.0 / 3]
    let ratios = [three, five, five, five, five, three, three]
    return SSDConfiguration(
      name: "ssd512", imageSize: 512, classes: classes, base: .vgg16(VGG16()),
      auxiliary: [
        AuxiliaryBlock(
          name: "conv8", bottleneckChannels: 256, channels: 512, stride: 2, padding: 1),
        AuxiliaryBlock(
          name: "conv9", bottleneckChannels: 128, channels: 256, stride: 2, padding: 1),
        AuxiliaryBlock(
          name: "conv10", bottleneckChannels: 128, channels: 256, stride: 2, padding: 1),
        AuxiliaryBlock(
          name: "conv11", bottleneckChannels: 128, channels: 256, stride: 2, padding: 1),
        AuxiliaryBlock(
          name: "conv12", bottleneckChannels: 128, channels: 256, kernelSize: 4, stride: 1,
          padding: 1),
      ],
      featureMaps: names.indices.map { map in
        FeatureMap(
          name: names[map], size: 64 >> map, scale: scales[map],
          extraScale: (scales[map] * scales[map + 1]).squareRoot(), aspectRatios: ratios[map])
      })
  }

  /// SSD300 with a batch normalization after every convolution of the base and the auxiliary blocks:
  /// learns from scratch, and from torchvision's `vgg16_bn`.
  public static func ssd300Normalized(classes: ClassList) -> SSDConfiguration {
    var configuration = ssd300(classes: classes)
    configuration.name = "ssd300-bn"
    configuration.base.vgg16?.hasBatchNormalization = true
    return configuration
  }

  /// ``ssd300Small(classes:)`` with the first two blocks of VGG-16 in their full width, so that
  /// ImageNet's weights can serve there.
  public static func ssd300Stem(classes: ClassList) -> SSDConfiguration {
    var configuration = ssd300Small(classes: classes)
    configuration.name = "ssd300-stem"
    configuration.base.vgg16?.blockChannels.replaceSubrange(
      0..<2, with: VGG16().blockChannels[..<2])
    return configuration
  }

  /// A quarter of SSD300's channels and batch normalization: learns from scratch on a laptop.
  public static func ssd300Small(classes: ClassList) -> SSDConfiguration {
    thinned(name: "ssd300-small", divisor: 4, classes: classes)
  }

  /// An eighth of SSD300's channels and batch normalization: learns within minutes.
  public static func ssd300Tiny(classes: ClassList) -> SSDConfiguration {
    thinned(name: "ssd300-tiny", divisor: 8, classes: classes)
  }

  private static func thinned(name: String, divisor: Int, classes: ClassList) -> SSDConfiguration {
    SSDConfiguration(
      name: name, imageSize: 300, classes: classes,
      base: .vgg16(
        VGG16(
          blockChannels: VGG16().blockChannels.map { $0 / divisor },
          convolutionalChannels: VGG16().convolutionalChannels / divisor,
          hasBatchNormalization: true)),
      auxiliary: auxiliary300(divisor: divisor), featureMaps: featureMaps300)
  }

  /// SSD300 on a residual network up to conv4, with NVIDIA's auxiliary convolutions
  /// (DeepLearningExamples, PyTorch/Detection/SSD) and SSD300's priors.
  public static func ssd300ResNet(_ depth: ResNet.Depth, classes: ClassList) -> SSDConfiguration {
    let channels =
      switch depth {
      case .resNet18: [512, 512, 256, 256, 128]
      case .resNet34, .resNet50: [512, 512, 256, 256, 256]
      }
    // conv5 is left out; numbers go on after it.
    let blocks = channels.enumerated().map { index, channels in
      AuxiliaryBlock(
        name: "conv\(index + 6)", bottleneckChannels: index < 2 ? 256 : 128, channels: channels,
        stride: index < 3 ? 2 : 1, padding: index < 3 ? 1 : 0)
    }
    var maps = featureMaps300
    for (index, name) in (["layer3"] + blocks.map(\.layerNames.map)).enumerated() {
      maps[index].name = name
    }
    return SSDConfiguration(
      name: "ssd300-resnet\(depth.rawValue)", imageSize: 300, classes: classes,
      base: .resNet(ResNet(depth)), auxiliary: blocks, featureMaps: maps)
  }

  private static let three = [1, 2, 0.5]

  /// The six maps of SSD300: scale 0.1, then 0.2 to 0.9 in equal steps.
  private static let featureMaps300: [FeatureMap] = {
    let scales = [0.1, 0.2, 0.375, 0.55, 0.725, 0.9]
    let names = ["conv4_3", "conv7", "conv8_2", "conv9_2", "conv10_2", "conv11_2"]
    let sizes = [38, 19, 10, 5, 3, 1]
    // 0.333, not a third: what the tutorial computes with, and its weights were trained for.
    let five = [1, 2, 3, 0.5, 0.333]
    let ratios = [three, five, five, five, three, three]
    return names.indices.map { map in
      // The last map has no successor; the tutorial gives its extra prior the whole image.
      let extra = map + 1 < scales.count ? (scales[map] * scales[map + 1]).squareRoot() : 1
      return FeatureMap(
        name: names[map], size: sizes[map], scale: scales[map], extraScale: extra,
        aspectRatios: ratios[map])
    }
  }()

  private static func auxiliary300(divisor: Int) -> [AuxiliaryBlock] {
    [
      AuxiliaryBlock(
        name: "conv8", bottleneckChannels: 256 / divisor, channels: 512 / divisor, stride: 2,
        padding: 1),
      AuxiliaryBlock(
        name: "conv9", bottleneckChannels: 128 / divisor, channels: 256 / divisor, stride: 2,
        padding: 1),
      AuxiliaryBlock(
        name: "conv10", bottleneckChannels: 128 / divisor, channels: 256 / divisor, stride: 1,
        padding: 0),
      AuxiliaryBlock(
        name: "conv11", bottleneckChannels: 128 / divisor, channels: 256 / divisor, stride: 1,
        padding: 0),
    ]
  }
}
