import Foundation
import Torch

/// What can stop a run.
public enum TrainingError: Error, CustomStringConvertible {
  /// A loss or a gradient is infinite or not a number, and the run is not to go on without that batch.
  case notFinite(BadStep)
  /// The network has got so far off that leaving out batches does not help any more.
  case nothingButBadSteps(BadStep, count: Int)
  /// Weights or running statistics are infinite or not a number, though no loss has shown it.
  case spoiled(iteration: Int, tensor: String)
  /// A layer that is to stay as it is does not exist.
  case unknownLayer(String, available: [String])
  /// All layers are to stay as they are.
  case everythingFrozen
  /// A device has operators whose result depends on the order of threads, and they are refused.
  case notDeterministic(Device)
  /// There is nothing to train on.
  case noImages
  /// An update sees fewer images than there are ranks.
  case moreRanksThanImages(ranks: Int, images: Int)
  /// The file is a model, but nothing to resume from.
  case noCheckpoint(URL)
  /// The file is no recipe, and why.
  case unreadableRecipe(URL, reason: String)

  /// Whether all processes that train together come to it, and at the same iteration.
  public var isOfAllRanks: Bool {
    switch self {
    case .notFinite, .nothingButBadSteps: true
    default: false
    }
  }

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .notFinite(let step):
      """
      \(step). Checkpoints are from before. Start anew with a lower learning rate, a longer warm-up or \
      clipped gradients; or resume and leave such batches out (--skip-non-finite).
      """
    case .nothingButBadSteps(let step, let count):
      """
      \(step), and so was every one of the last \(count) iterations. Checkpoints are from before. Start \
      anew with a lower learning rate, a longer warm-up or clipped gradients.
      """
    case .spoiled(let iteration, let tensor):
      """
      after iteration \(iteration) `\(tensor)` holds numbers that are not finite: nothing is saved, \
      checkpoints are from before. Start anew with a lower learning rate, a longer warm-up or clipped \
      gradients.
      """
    case .unknownLayer(let name, let available):
      """
      there is no layer `\(name)` to freeze; there are \(available.joined(separator: ", ")), the blocks \
      conv1 to conv11, and the parts base, aux_convs and pred_convs
      """
    case .everythingFrozen: "all layers are frozen: nothing is left to train"
    case .notDeterministic(let device):
      """
      libtorch's pooling on \(device) adds gradients in any order: leave out --deterministic, or train \
      with --device cpu
      """
    case .noImages: "there are no images to train on"
    case .moreRanksThanImages(let ranks, let images):
      "\(ranks) ranks cannot share \(images) images an iteration: start fewer, or raise --batch"
    case .noCheckpoint(let url):
      "\(url.path) holds no training state; resume from a `last.safetensors` or `best.safetensors`"
    case .unreadableRecipe(let url, let reason): "\(url.path) is no recipe: \(reason)"
    }
  }
}

/// An iteration whose loss or gradient is infinite or not a number. It leaves everything as it was.
public struct BadStep: Sendable, Codable, CustomStringConvertible {
  /// Counted from 1.
  public var iteration: Int
  /// Counted from 1.
  public var epoch: Int
  /// The loss.
  public var loss: Double
  /// The Euclidean length of the gradients; nil where the loss was not finite already.
  public var gradientNorm: Double?
  /// The names of the images.
  public var images: [String]

  /// What is not finite, where.
  public var description: String {
    func formatted(_ value: Double) -> String {
      value.isNaN ? "not a number" : value.isInfinite ? "infinite" : "\(value)"
    }
    let names = images.joined(separator: ", ")
    guard let gradientNorm, loss.isFinite else {
      return "the loss of iteration \(iteration) is \(formatted(loss)), on the images \(names)"
    }
    return """
      the gradient of iteration \(iteration) is \(formatted(gradientNorm)) (loss \(loss)), on the images \(names)
      """
  }
}
