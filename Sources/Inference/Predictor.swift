import MultiBox

/// An engine that runs a network, behind a ``Detector``.
public protocol Predictor: Sendable {
  /// The description of the network.
  var configuration: SSDConfiguration { get }

  /// Runs the network.
  ///
  /// - Parameters:
  ///   - pixels: bytes 0...255, (images, size, size, 3), red, green, blue, where size is the
  ///     configuration's `imageSize`; normalization is the predictor's business.
  ///   - imageCount: the number of images.
  /// - Returns: offsets and logits for every image.
  func predict(_ pixels: [UInt8], imageCount: Int) throws -> RawPredictions
}
