import ArgumentParser
import Explain
import Foundation
import Images
import Inference
import MultiBox
import Weights

#if Training
  import SSD
  import Torch
#endif

/// The network that something is explained on.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: """
      A preset (\(SSDConfiguration.presetNames.joined(separator: ", "))), or a model file, whose \
      own configuration and classes then count.
      """)
  var model = "ssd300"

  /// Where the weights are; nil for a preset.
  var file: URL? {
    SSDConfiguration.presetNames.contains(model) ? nil : URL(filePath: model)
  }

  /// The network's description.
  ///
  /// - Parameter classes: of a preset; a model file brings its own.
  func configuration(classes: ClassList) throws -> SSDConfiguration {
    if let preset = SSDConfiguration.preset(named: model, classes: classes) { return preset }
    let file = URL(filePath: model)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw CommandError(
        """
        --model \(model): there is no such file, and it is none of the presets \
        \(SSDConfiguration.presetNames.joined(separator: ", "))
        """)
    }
    return try ImportedModel(contentsOf: file).configuration
  }

  /// The scene and the network: the scene's objects are of the network's classes.
  func scene(_ options: SceneOptions) throws -> (ExplainedScene, SSDConfiguration) {
    let scene = try options.loaded()
    let configuration = try configuration(classes: scene.classes)
    return file == nil
      ? (scene, configuration) : (try options.loaded(for: configuration.classes), configuration)
  }

  /// What the model says about an image.
  ///
  /// - Throws: ``CommandError`` for a preset, which has no weights.
  func predictions(for image: Image, concept: String) throws -> RawPredictions {
    guard let file else {
      throw CommandError(
        """
        `\(concept)` needs a trained model: name its file with --model. `ssd train` makes one, \
        `make demo` makes one for the painted shapes within minutes, and `ssd download ssd300-voc` \
        fetches one for Pascal VOC.
        """)
    }
    // As exact as there is: a picture is drawn once.
    return try Self.predictions(
      for: image, by: NativePredictor(ImportedModel(contentsOf: file), precision: .float32))
  }

  /// What a network with random weights says about an image; nil where this build has no engine.
  func untrainedPredictions(
    for image: Image, of configuration: SSDConfiguration
  ) throws -> RawPredictions? {
    #if Training
      Runtime.seed(0)
      return try Self.predictions(for: image, by: TorchPredictor(SSDNetwork(configuration)))
    #else
      return nil
    #endif
  }

  private static func predictions(
    for image: Image, by predictor: some Predictor
  ) throws -> RawPredictions {
    let size = predictor.configuration.imageSize
    return try predictor.predict(image.resized(width: size, height: size).pixels, imageCount: 1)
  }
}
