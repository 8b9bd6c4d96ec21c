import MultiBox

/// Something that runs a network: the engine behind a ``Detector``.
public protocol Predictor: Sendable {
  /// The network's description.
  var configuration: SSDConfiguration { get }

  /// Runs the network.
  ///
  /// - Parameters:
  ///   - pixels: bytes, (images, size, size, 3), red, green, blue, where size is the
  ///     configuration's `imageSize`; normalisation is the predictor's business.
  ///   - imageCount: how many images there are.
  func predict(_ pixels: [UInt8], imageCount: Int) throws -> RawPredictions
}
