import Foundation

/// What can stop a run.
public enum TrainingError: Error, CustomStringConvertible {
  /// The loss is infinite or not a number.
  case lossNotFinite(iteration: Int, loss: Double, images: [String])
  /// The gradient is infinite or not a number.
  case gradientNotFinite(iteration: Int, images: [String])
  /// There is nothing to train on.
  case noImages
  /// The file is a model, but nothing to resume from.
  case noCheckpoint(URL)

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .lossNotFinite(let iteration, let loss, let images):
      """
      the loss of iteration \(iteration) is \(loss.isNaN ? "not a number" : "infinite"), on the images \
      \(images.joined(separator: ", ")). Checkpoints are from before. Start anew with a lower learning \
      rate, a longer warm-up or clipped gradients.
      """
    case .gradientNotFinite(let iteration, let images):
      """
      the gradient of iteration \(iteration) is not finite, on the images \
      \(images.joined(separator: ", ")). Checkpoints are from before. Start anew with a lower learning \
      rate or a longer warm-up.
      """
    case .noImages: "there are no images to train on"
    case .noCheckpoint(let url):
      "\(url.path) holds no training state; resume from a `last.safetensors` or `best.safetensors`"
    }
  }
}
