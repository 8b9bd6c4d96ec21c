/// A network's raw output for a batch of images: offsets and logits, before softmax, decoding and
/// non-maximum suppression. ``PredictionDecoder`` makes detections of them.
public struct RawPredictions: Sendable {
  /// The number of images.
  public let imageCount: Int
  /// Encoded offsets from the priors (box regression), (images, priors, 4), row-major: center x,
  /// center y, width, height; see ``Offsets``.
  public let offsets: [Float]
  /// Class scores before the softmax, (images, priors, classes + 1), row-major; column 0 is
  /// background.
  public let logits: [Float]

  /// The predictions for a batch; see the properties for the shapes.
  public init(imageCount: Int, offsets: [Float], logits: [Float]) {
    self.imageCount = imageCount
    self.offsets = offsets
    self.logits = logits
  }
}
