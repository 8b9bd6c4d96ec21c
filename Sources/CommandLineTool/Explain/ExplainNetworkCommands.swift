import ArgumentParser
import Explain
import MultiBox

#if Training
  import SSD
  import Torch
#endif

struct ExplainArchitectureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "architecture",
    abstract: "Layers, shapes, parameters and multiplications, to scale.")

  @OptionGroup var picture: PictureOptions
  @OptionGroup var network: NetworkOptions

  @Option(help: "Classes of a preset, without background (a model file knows its own).")
  var classes = ClassList.voc.count

  mutating func validate() throws {
    guard classes > 0 else { throw ValidationError("--classes must be at least 1") }
  }

  func run() throws {
    let labels =
      classes == ClassList.voc.count
      ? ClassList.voc : ClassList((1...classes).map { "class \($0)" })
    let explanation = ArchitectureExplanation(try network.configuration(classes: labels))
    print(explanation.table)
    try picture.write(explanation)
  }
}

struct ExplainVGGCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vgg", abstract: "What SSD changes in VGG-16, and why.")

  @OptionGroup var picture: PictureOptions
  @OptionGroup var network: NetworkOptions

  func run() throws {
    let configuration = try network.configuration(classes: .voc)
    guard configuration.base.vgg16 != nil else {
      throw CommandError(
        "this is about VGG-16, and the base of \(network.model) is \(configuration.base.summary)")
    }
    try picture.write(VGGExplanation(configuration))
  }
}

struct ExplainFullyConnectedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fully-connected", abstract: "Why a fully connected layer is a convolution.")

  @OptionGroup var picture: PictureOptions

  func run() throws { try picture.write(FullyConnectedExplanation()) }
}

struct ExplainDecimationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decimation",
    abstract: "How fc6's 7 x 7 kernel becomes conv6's 3 x 3, and fc7 conv7.")

  @OptionGroup var picture: PictureOptions

  func run() throws {
    let explanation = try DecimationExplanation()
    print("of fc6's 49 positions stay \(explanation.keptPositions)")
    print("of fc7's 4096 inputs stay \(explanation.keptInputs.count)")
    try picture.write(explanation)
  }
}

struct ExplainReshapingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reshaping",
    abstract: "How the channels of the prediction maps become a row for every prior.")

  @OptionGroup var picture: PictureOptions
  @OptionGroup var network: NetworkOptions

  @Option(help: "The map whose predictions are taken apart (default: one of middle size).")
  var map: String?

  func run() throws {
    try picture.write(
      ReshapingExplanation(network.configuration(classes: .voc), map: map))
  }
}

struct ExplainReceptiveFieldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receptive-field",
    abstract: "What an element of each map sees, in theory and by gradients.",
    discussion: """
      The effective field is measured through a model file's network, or through one with random \
      weights. A build without libtorch shows the theoretical field alone.
      """)

  @OptionGroup var picture: PictureOptions
  @OptionGroup var scene: SceneOptions
  @OptionGroup var network: NetworkOptions

  @Flag(help: "Only the theoretical field, which is quick.")
  var theoretical = false

  func run() throws {
    let scene = try scene.loaded()
    let configuration = try network.configuration(classes: scene.classes)
    let explanation = ReceptiveFieldExplanation(
      configuration, over: scene, influences: try influences(of: configuration),
      source: source(configuration))
    print(explanation.table)
    try picture.write(explanation)
  }

  private func source(_ configuration: SSDConfiguration) -> String {
    let weights =
      network.file.map { "the weights of \($0.lastPathComponent)" } ?? "random weights"
    #if Training
      return theoretical
        ? ""
        : "Measured by the gradients of \(configuration.name) with \(weights), on images of noise; brighter is stronger (square root)."
    #else
      return theoretical ? "" : "This build has no engine to measure the effective field with."
    #endif
  }

  private func influences(
    of configuration: SSDConfiguration
  ) throws -> [ReceptiveFieldExplanation.Influence] {
    #if Training
      guard !theoretical else { return [] }
      Runtime.seed(0)
      let model = try network.file.map { try SSDNetwork(contentsOf: $0) }
      return (model ?? SSDNetwork(configuration)).influences().map {
        ReceptiveFieldExplanation.Influence(map: $0.map, values: $0.values)
      }
    #else
      return []
    #endif
  }
}
