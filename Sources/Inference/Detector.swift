import Images
import MultiBox

/// Finds objects in images.
public final class Detector: Sendable {
  let predictor: any Predictor
  let decoder: PredictionDecoder

  /// The network's description.
  public var configuration: SSDConfiguration { predictor.configuration }

  /// A detector on this engine.
  public init(_ predictor: any Predictor) {
    self.predictor = predictor
    decoder = PredictionDecoder(predictor.configuration)
  }

  /// Finds the objects in one image, best first.
  ///
  /// - Parameters:
  ///   - minimumScore: the softmax score that a class needs to exceed, 0...1.
  ///   - maximumOverlap: of two boxes of a class that overlap by more than this, the lesser goes.
  ///   - limit: the most detections, over all classes.
  ///   - suppressedLabels: classes to leave out.
  public func detect(
    in image: Image, minimumScore: Float = 0.2, maximumOverlap: Float = 0.5, limit: Int = 200,
    suppressing suppressedLabels: Set<String> = []
  ) throws -> [Detection] {
    let settings = DetectionSettings(
      minimumScore: minimumScore, maximumOverlap: maximumOverlap, limit: limit)
    return try detect(in: [image], settings: settings, suppressing: suppressedLabels)[0]
  }

  /// Finds the objects in a batch of images, which run through the network together.
  public func detect(
    in images: [Image], settings: DetectionSettings = .init(),
    suppressing suppressedLabels: Set<String> = []
  ) throws -> [[Detection]] {
    try detect(
      inPixels: pixels(of: images), imageCount: images.count, settings: settings,
      suppressing: suppressedLabels)
  }

  /// Finds the objects in a batch of compressed pictures, which run through the network together.
  ///
  /// Large photographs are reduced while they are decoded (see
  /// ``/Images/EncodedImage/decode(width:height:into:)``), so that they cost less than by way of
  /// ``/Images/Image``.
  ///
  /// - Throws: `ImageError` naming the picture that cannot be decoded.
  public func detect(
    in pictures: [EncodedImage], settings: DetectionSettings = .init(),
    suppressing suppressedLabels: Set<String> = []
  ) throws -> [[Detection]] {
    try detect(
      inPixels: pixels(of: pictures), imageCount: pictures.count, settings: settings,
      suppressing: suppressedLabels)
  }

  /// Finds the objects in images that have the network's size already.
  ///
  /// - Parameter pixels: bytes, (images, size, size, 3), red, green, blue.
  public func detect(
    inPixels pixels: [UInt8], imageCount: Int, settings: DetectionSettings = .init(),
    suppressing suppressedLabels: Set<String> = []
  ) throws -> [[Detection]] {
    decoder.detections(
      try predictor.predict(pixels, imageCount: imageCount), settings: settings,
      suppressing: suppressedLabels)
  }
}
