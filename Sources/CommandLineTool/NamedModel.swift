import Foundation
import MultiBox
import Weights

extension ImportedModel {
  /// The presets that can stand for a model with random weights, in words.
  static let presetNames = SSDConfiguration.presetNames.joined(separator: ", ")

  /// The model of a file, or a preset with random weights and Pascal VOC's classes: enough to measure
  /// speed with.
  init(named name: String) throws {
    if FileManager.default.fileExists(atPath: name) {
      try self.init(contentsOf: URL(filePath: name))
    } else if let preset = SSDConfiguration.preset(named: name, classes: .voc) {
      self.init(randomWeightsFor: preset)
    } else {
      throw CommandError("`\(name)` is neither a file nor a preset (\(Self.presetNames))")
    }
  }
}
