#if Training
  import ArgumentParser
  import MultiBox

  /// The choices that the paper and its implementations make differently.
  struct LossOptions: ParsableArguments {
    @Option(help: "Distance between predicted and true offsets.")
    var localizationLoss = LossConfiguration.Localization.smoothL1

    @Option(help: "Weight of the localization loss.")
    var alpha: Float = 1

    @Flag(help: "Average the four coordinates, as the tutorial does, instead of adding them.")
    var averageCoordinates = false

    @Option(
      help: """
        Which prior each object owns in any case: greedy (the authors' code: none twice) or \
        laterObjectWins (the tutorial).
        """)
    var forcedMatch = LossConfiguration.ForcedMatch.greedy

    @Option(help: "Hard negatives for each positive.")
    var negatives = 3

    @Flag(help: "Let priors reach over the image's edge, as the tutorial's weights want it.")
    var wholePriors = false

    mutating func validate() throws {
      guard alpha >= 0, negatives >= 0 else {
        throw ValidationError("--alpha and --negatives must not be negative")
      }
    }

    /// Puts the choices into a network's description.
    func apply(to configuration: inout SSDConfiguration) {
      configuration.clipsPriors = !wholePriors
      configuration.loss = LossConfiguration(
        negativesPerPositive: negatives, localizationWeight: alpha,
        localization: localizationLoss, averagesCoordinates: averageCoordinates,
        forcedMatch: forcedMatch)
    }
  }

  extension LossConfiguration.Localization: ExpressibleByArgument {}
  extension LossConfiguration.ForcedMatch: ExpressibleByArgument {}
#endif
