/// Why something cannot be explained on what was given.
public enum ExplanationError: Error, CustomStringConvertible {
  /// The scene has no object, and the concept needs one.
  case noObjects(String)
  /// The predictions are of another network.
  case foreignPredictions(expected: Int, found: Int)
  /// A class that the model does not know.
  case unknownClass(String, known: [String])
  /// A feature map that the network does not have.
  case unknownMap(String, known: [String])
  /// A run's log without two steps to draw a line between.
  case noSteps(String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noObjects(let concept):
      """
      `\(concept)` is explained on an object, and the image has none: name a box with \
      --box label:xmin,ymin,xmax,ymax, or a Pascal VOC file with --annotation
      """
    case .foreignPredictions(let expected, let found):
      "the model predicts \(found) boxes, the network has \(expected) priors"
    case .unknownClass(let label, let known):
      "the model knows no class `\(label)`; it knows \(known.joined(separator: ", "))"
    case .noSteps(let name): "the log of `\(name)` has fewer than two steps"
    case .unknownMap(let name, let known):
      "the network has no map `\(name)`; it has \(known.joined(separator: ", "))"
    }
  }
}
