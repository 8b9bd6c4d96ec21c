#if Training
  import ArgumentParser
  import MultiBox
  import Training

  /// The choices that the paper and its implementations make differently.
  struct LossOptions: ParsableArguments {
    @Option(
      help: "Distance between predicted and true offsets: smoothL1 or l1 (default: smoothL1).")
    var localizationLoss: LossConfiguration.Localization?

    @Option(help: "Weight of the localization loss (default: 1).")
    var alpha: Float?

    @Flag(help: "Average the four coordinates, as the tutorial does, instead of adding them.")
    var averageCoordinates = false

    @Option(
      help: """
        Which prior each object owns in any case: greedy (the authors' code: none twice) or \
        laterObjectWins (the tutorial; default: greedy).
        """)
    var forcedMatch: LossConfiguration.ForcedMatch?

    @Option(help: "Hard negatives for each positive (default: 3).")
    var negatives: Int?

    @Flag(help: "Let priors reach over the image's edge, as the tutorial's weights want it.")
    var noClipPriors = false

    // The name of earlier releases.
    @Flag(name: .customLong("whole-priors"), help: .hidden) var formerNoClipPriors = false

    mutating func validate() throws {
      guard alpha ?? 0 >= 0, negatives ?? 0 >= 0 else {
        throw ValidationError("--alpha and --negatives must not be negative")
      }
    }

    /// Puts what was given in place of a recipe's settings.
    func apply(to recipe: inout Recipe) {
      localizationLoss.map { recipe.loss.localization = $0 }
      alpha.map { recipe.loss.localizationWeight = $0 }
      forcedMatch.map { recipe.loss.forcedMatch = $0 }
      negatives.map { recipe.loss.negativesPerPositive = $0 }
      if averageCoordinates { recipe.loss.averagesCoordinates = true }
      if noClipPriors || formerNoClipPriors { recipe.clipsPriors = false }
    }
  }

  extension LossConfiguration.Localization: ExpressibleByArgument {}
  extension LossConfiguration.ForcedMatch: ExpressibleByArgument {}
#endif
