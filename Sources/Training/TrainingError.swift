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
      the loss of iteration \(iteration) is \(loss), on the images \(images.joined(separator: ", ")). \
      The last checkpoint is from before. Lower the learning rate, warm up for longer or clip the \
      gradients, and resume.
      """
    case .gradientNotFinite(let iteration, let images):
      """
      the gradient of iteration \(iteration) is not finite, on the images \
      \(images.joined(separator: ", ")). The last checkpoint is from before. Lower the learning rate \
      or warm up for longer, and resume.
      """
    case .noImages: "there are no images to train on"
    case .noCheckpoint(let url):
      "\(url.path) holds no training state; resume from a `last.safetensors` or `best.safetensors`"
    }
  }
}
