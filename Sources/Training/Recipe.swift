import Foundation
import MultiBox
import Recipes
import Weights

/// A run written down: which network, every setting, and what came of it where it was tried.
///
/// A JSON file; `Recipes/` holds those that come with the program. What a file leaves out is the
/// paper's.
public struct Recipe: Hashable, Sendable, Codable {
  /// The file's name without `.json`.
  public var name: String
  /// What it is for, in a sentence or two.
  public var about: String
  /// What to train on and what to score on, in words.
  public var data: String?
  /// The network, a preset's name.
  public var model: String
  /// What to start from, in words; nil for fresh weights.
  public var start: String?
  /// How predictions are compared with the truth.
  public var loss: LossConfiguration
  /// The priors, map by map; nil for the network's own.
  public var priors: [PriorShapes]?
  /// Whether priors are cut off at the image's edge.
  public var clipsPriors: Bool
  /// Whether objects marked as difficult are trained on.
  public var keepsDifficult: Bool
  /// Epochs from one validation to the next.
  public var validateEvery: Int
  /// Everything else.
  public var training: TrainingConfiguration
  /// What to expect.
  public var expected: Expectation?

  /// What came of a recipe.
  public struct Expectation: Hashable, Sendable, Codable {
    /// Mean average precision, 0...1.
    public var meanAveragePrecision: Double
    /// By which rule, on which images.
    public var rule: String
    /// Where the figure is from: a run of this program, or a paper.
    public var source: String
    /// How long the run took, in minutes; nil where nobody said.
    public var minutes: Double?
    /// On which machine.
    public var hardware: String?
  }

  /// The paper's run, which stands for whatever a command line leaves open.
  ///
  /// - Parameters:
  ///   - batchSize: decides the number of iterations: the number of images is the paper's.
  ///   - ranks: that each have such batches.
  public static func paper(batchSize: Int = 32, ranks: Int = 1) -> Recipe {
    Recipe(
      name: "paper", about: "The settings of Liu et al. (2016).", model: "ssd300",
      loss: LossConfiguration(), clipsPriors: true, keepsDifficult: true, validateEvery: 1,
      training: TrainingConfiguration(
        batchSize: batchSize, ranks: ranks,
        schedule: LearningRateSchedule(
          iterations: TrainingConfiguration.paperIterations(batchSize: batchSize * ranks)),
        precision: .fastest))
  }
}

extension Recipe {
  /// The names of the recipes that come with the program.
  public static var builtInNames: [String] { RecipeFiles.all.map(\.name) }

  /// A recipe by the name of one that comes with the program, or by its file.
  ///
  /// - Throws: ``TrainingError/unreadableRecipe(_:reason:)``.
  public init(named name: String) throws {
    if let file = RecipeFiles.all.first(where: { $0.name == name }) {
      try self.init(Data(file.bytes), at: URL(filePath: "\(name).json"))
      return
    }
    let url = URL(filePath: name)
    guard let data = try? Data(contentsOf: url) else {
      let known = Self.builtInNames.joined(separator: ", ")
      throw TrainingError.unreadableRecipe(
        url, reason: "there is no such file, and the program's own are \(known)")
    }
    try self.init(data, at: url)
  }

  private init(_ data: Data, at url: URL) throws {
    do {
      self = try JSONDecoder().decode(Recipe.self, from: data)
    } catch let error as DecodingError {
      throw TrainingError.unreadableRecipe(url, reason: Self.explanation(of: error))
    }
    if let unknown = Self.unknownKey(in: try JSONSerialization.jsonObject(with: data), of: self) {
      throw TrainingError.unreadableRecipe(url, reason: unknown)
    }
    guard let network = SSDConfiguration.preset(named: model, classes: .voc) else {
      throw TrainingError.unreadableRecipe(
        url,
        reason: "there is no network `\(model)`; there are "
          + SSDConfiguration.presetNames.joined(separator: ", "))
    }
    do {
      if let priors { _ = try network.withPriors(priors) }
    } catch {
      throw TrainingError.unreadableRecipe(url, reason: error.description)
    }
    if let problem = training.problem { throw TrainingError.unreadableRecipe(url, reason: problem) }
  }

  /// What is in a file and was not read: a setting that is misspelt would count for nothing.
  private static func unknownKey(in json: Any, of value: Any, path: String = "") -> String? {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional {
      return mirror.children.first.flatMap { unknownKey(in: json, of: $0.value, path: path) }
    }
    guard mirror.displayStyle == .struct, let entries = json as? [String: Any] else { return nil }
    // Keys are the names of the properties.
    let properties = Dictionary(
      uniqueKeysWithValues: mirror.children.map { ($0.label ?? "", $0.value) })
    for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
      guard let property = properties[key] else {
        return """
          there is no setting `\(path)\(key)`; there are \
          \(properties.keys.sorted().joined(separator: ", "))
          """
      }
      if let unknown = unknownKey(in: entry, of: property, path: "\(path)\(key).") {
        return unknown
      }
    }
    return nil
  }

  /// Writes the recipe as a file of its own.
  public func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(self) + Data("\n".utf8), to: url)
  }

  private static func explanation(of error: DecodingError) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      let whole = (context.codingPath.map(\.stringValue) + [key.stringValue])
      return "`\(whole.joined(separator: "."))` is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "`\(path(context))` has a value of another kind than is wanted"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "it is not valid JSON" : "`\(path(context))` has a value that is not allowed"
    @unknown default: return "\(error)"
    }
  }
}

extension Recipe {
  /// Reads a recipe; only `name`, `model` and the length of the run must be there.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try values.decode(String.self, forKey: .name),
      about: try values.decodeIfPresent(String.self, forKey: .about) ?? "",
      data: try values.decodeIfPresent(String.self, forKey: .data),
      model: try values.decode(String.self, forKey: .model),
      start: try values.decodeIfPresent(String.self, forKey: .start),
      loss: try values.decodeIfPresent(LossConfiguration.self, forKey: .loss)
        ?? LossConfiguration(),
      priors: try values.decodeIfPresent([PriorShapes].self, forKey: .priors),
      clipsPriors: try values.decodeIfPresent(Bool.self, forKey: .clipsPriors) ?? true,
      keepsDifficult: try values.decodeIfPresent(Bool.self, forKey: .keepsDifficult) ?? true,
      validateEvery: try values.decodeIfPresent(Int.self, forKey: .validateEvery) ?? 1,
      training: try values.decode(TrainingConfiguration.self, forKey: .training),
      expected: try values.decodeIfPresent(Expectation.self, forKey: .expected))
  }
}
