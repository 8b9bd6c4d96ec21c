/// The normalization of pixels: `(value * scale - mean) / deviation`, where `value` is 0...255 and the
/// channels are red, green and blue.
public struct PixelNormalization: Hashable, Sendable, Codable {
  /// The factor that a value is multiplied by first.
  public var scale: Float
  /// The mean that is then subtracted: red, green, blue.
  public var mean: [Float]
  /// The deviation that the difference is divided by: red, green, blue.
  public var deviation: [Float]

  /// A normalization; `mean` and `deviation` in the order red, green, blue.
  public init(scale: Float, mean: [Float], deviation: [Float]) {
    self.scale = scale
    self.mean = mean
    self.deviation = deviation
  }

  /// Mean and standard deviation of ImageNet's images in 0...1: what torchvision's VGG-16 expects.
  public static let imageNet = PixelNormalization(
    scale: 1 / 255, mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

  /// 0...255 minus the mean that the authors' Caffe VGG-16 was trained with.
  public static let caffe = PixelNormalization(
    scale: 1, mean: [123, 117, 104], deviation: [1, 1, 1])

  /// The byte values of a neutral pixel (the mean), for padding before normalisation.
  public var meanPixel: (red: UInt8, green: UInt8, blue: UInt8) {
    func byte(_ channel: Int) -> UInt8 {
      UInt8(min(max((mean[channel] / scale).rounded(), 0), 255))
    }
    return (byte(0), byte(1), byte(2))
  }
}
