/// Whose names and conventions a file of weights follows.
public enum CheckpointLayout: String, Hashable, Sendable, Codable, CaseIterable,
  CustomStringConvertible
{
  /// This package's own: safetensors with the configuration in the metadata.
  case swiftSSD
  /// A base network that this package wrote, or one under the tutorial's names.
  case swiftBase
  /// The PyTorch tutorial on object detection by S. Vinodababu; whole models and state dicts.
  case tutorial
  /// ssd.pytorch by M. deGroot and E. Brown.
  case amdegroot
  /// SSD by C. Li (lufficc).
  case lufficc
  /// torchvision's `ssd300_vgg16`.
  case torchvisionSSD
  /// The authors' Caffe models.
  case caffeSSD
  /// torchvision's VGG-16 with three fully connected layers.
  case torchvisionVGG
  /// timm's VGG-16, whose fully connected layers are stored as convolutions.
  case timmVGG
  /// A VGG-16 whose fully connected layers have been reduced to convolutions already.
  case reducedVGG
  /// VGG-16 in Caffe's format, reduced or not.
  case caffeVGG
  /// torchvision's ResNet-18, 34 or 50.
  case torchvisionResNet

  /// Whether it holds a base network only, to start training from.
  public var isBase: Bool {
    switch self {
    case .swiftSSD, .tutorial, .amdegroot, .lufficc, .torchvisionSSD, .caffeSSD: false
    case .swiftBase, .torchvisionVGG, .timmVGG, .reducedVGG, .caffeVGG,
      .torchvisionResNet:
      true
    }
  }

  /// The layout in words.
  public var description: String {
    switch self {
    case .swiftSSD: "SSD of swift-ssd"
    case .swiftBase: "base network of swift-ssd"
    case .tutorial: "SSD300 of the PyTorch object detection tutorial"
    case .amdegroot: "SSD of amdegroot/ssd.pytorch"
    case .lufficc: "SSD of lufficc/SSD"
    case .torchvisionSSD: "SSD300 of torchvision"
    case .caffeSSD: "SSD of the authors' Caffe code"
    case .torchvisionVGG: "VGG-16 of torchvision"
    case .timmVGG: "VGG-16 of timm"
    case .reducedVGG: "VGG-16 with reduced fully connected layers"
    case .caffeVGG: "VGG-16 of Caffe"
    case .torchvisionResNet: "ResNet of torchvision"
    }
  }
}
