import ArgumentParser
import Explain
import MultiBox

struct ExplainCoordinatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coordinates",
    abstract: "A box by its boundaries, and by its centre and size.")

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions

  func run() throws { try picture.write(CoordinatesExplanation(scene.loaded())) }
}

struct ExplainJaccardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jaccard",
    abstract: "The overlap of an object and a prior: intersection over union.")

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions
  @OptionGroup var network: NetworkOptions

  @Option(help: "The overlap (IoU) that the prior should have, as nearly as there is one.")
  var iou: Float = 0.5

  // The name of earlier releases.
  @Option(name: .customLong("overlap"), help: .hidden) var formerIOU: Float?

  mutating func validate() throws {
    iou = formerIOU ?? iou
    guard (0...1).contains(iou) else {
      throw ValidationError("--iou lies between 0 and 1")
    }
  }

  func run() throws {
    let (scene, configuration) = try network.scene(scene)
    let explanation = try JaccardExplanation(
      scene, priors: PriorBoxes(configuration), nearest: iou)
    print("overlap \(explanation.boxes.first.iou(with: explanation.boxes.second))")
    try picture.write(explanation)
  }
}

struct ExplainOffsetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "offsets",
    abstract: "From a prior to a box in four numbers.",
    discussion: """
      With a model file, its best prediction for the image is decoded; otherwise the largest object \
      is encoded from one of its priors.
      """)

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions
  @OptionGroup var network: NetworkOptions

  func run() throws {
    let explanation: OffsetsExplanation
    if network.file == nil {
      let (scene, configuration) = try network.scene(scene)
      explanation = try OffsetsExplanation(scene, configuration: configuration)
    } else {
      let scene = try scene.loaded()
      let configuration = try network.configuration(classes: scene.classes)
      explanation = OffsetsExplanation(
        scene, predictions: try network.predictions(for: scene.image, concept: "offsets"),
        of: configuration)
    }
    let offsets = explanation.offsets
    print(
      """
      g_cx \(offsets.centerX), g_cy \(offsets.centerY), g_w \(offsets.width), g_h \(offsets.height)
      """)
    try picture.write(explanation)
  }
}
