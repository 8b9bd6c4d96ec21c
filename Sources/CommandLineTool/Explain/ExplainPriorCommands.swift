import ArgumentParser
import Explain
import Foundation
import MultiBox

struct ExplainPriorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "priors",
    abstract: "All ratios and scales at one position of every feature map.")

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions
  @OptionGroup var network: NetworkOptions

  @Option(
    help: "The position: center, corner, or a point of the image in fractions, such as 0.2,0.7.")
  var at = PositionArgument(position: .center)

  @Option(help: "Whether priors are cut off at the image's edge (default: as the network has it).")
  var clip: Bool?

  func run() throws {
    let scene = try scene.loaded()
    var configuration = try network.configuration(classes: scene.classes)
    if let clip { configuration.clipsPriors = clip }
    for map in configuration.featureMaps {
      let shapes = map.priorShapes.map { String(format: "%.3f x %.3f", $0.width, $0.height) }
      print("\(map.name), \(map.size) x \(map.size): \(shapes.joined(separator: ", "))")
    }
    print("\(PriorBoxes(configuration).count) priors")
    try picture.write(PriorsExplanation(configuration, over: scene, at: at.position))
  }
}

/// A position of every map as one writes it on a command line.
struct PositionArgument: ExpressibleByArgument {
  let position: PriorsExplanation.Position

  init(position: PriorsExplanation.Position) { self.position = position }

  init?(argument: String) {
    switch argument {
    case "center": position = .center
    case "corner": position = .corner
    default:
      let numbers = argument.split(separator: ",").compactMap { Double($0) }
      guard numbers.count == 2, numbers.allSatisfy((0...1).contains) else { return nil }
      position = .point(x: numbers[0], y: numbers[1])
    }
  }

  var defaultValueDescription: String {
    switch position {
    case .center: "center"
    case .corner: "corner"
    case .point(let x, let y): "\(x),\(y)"
    }
  }
}

struct ExplainMatchingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matching",
    abstract: "Which prior answers for which object, and the hard negatives.",
    discussion: """
      The loss picks hard negatives by a model's scores. Without a model file they come from a \
      network with random weights, and the picture says so.
      """)

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions
  @OptionGroup var network: NetworkOptions

  func run() throws {
    let (scene, configuration) = try network.scene(scene)
    let source = network.file?.lastPathComponent ?? "a network with random weights"
    let predictions =
      network.file == nil
      ? try network.untrainedPredictions(for: scene.image, of: configuration)
      : try network.predictions(for: scene.image, concept: "matching")
    let explanation = try MatchingExplanation(
      scene, configuration: configuration, predictions: predictions, scoreSource: source)
    print(
      """
      \(explanation.match.positiveCount) positive priors, \
      \(explanation.mining?.hardNegatives.count ?? 0) hard negatives
      """)
    try picture.write(explanation)
  }
}
