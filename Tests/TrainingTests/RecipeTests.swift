import Datasets
import Foundation
import MultiBox
import TestSupport
import Testing
import Training

@Suite("A recipe")
struct RecipeTests {
  @Test(arguments: Recipe.builtInNames)
  func ofTheProgramNamesAPresetAndSettingsThatCanBe(name: String) throws {
    let recipe = try Recipe(named: name)
    #expect(recipe.name == name)
    #expect(SSDConfiguration.presetNames.contains(recipe.model))
    #expect(recipe.training.problem == nil)
    // Nothing is left to the defaults of the day.
    #expect(recipe.training.augmentation.crops)
  }

  @Test func ofTheOriginalPaperHasItsNumbers() throws {
    let recipe = try Recipe(named: "voc0712")
    #expect(recipe.training.schedule.iterations == 120_000)
    #expect(recipe.training.imagesPerStep == 32)
    for (iteration, rate) in [(0, 1e-3), (79_999, 1e-3), (80_000, 1e-4), (100_000, 1e-5)] {
      #expect(abs(recipe.training.schedule.learningRate(at: iteration) - rate) < 1e-12)
    }
    #expect((recipe.training.momentum, recipe.training.weightDecay) == (0.9, 5e-4))
    #expect(recipe.training.biasLearningRateFactor == 2)
    #expect(recipe.expected?.source.contains("not run here") == true)
  }

  @Test func isTheSameAfterItWasWritten() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "mine.json")
      var recipe = try Recipe(named: "bccd")
      recipe.training.precision = .float32
      recipe.training.frozen = ["conv1"]
      try recipe.write(to: file)
      #expect(try Recipe(named: file.path) == recipe)
    }
  }

  @Test func holdsPriorsOfItsOwnThatFitTheNetwork() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "mine.json")
      var recipe = try Recipe(named: "bccd")
      let preset = try #require(SSDConfiguration.preset(named: recipe.model, classes: .voc))
      var shapes = preset.priorShapes
      shapes[0].scale = 0.065
      shapes[0].aspectRatios = [1, 3]
      recipe.priors = shapes
      try recipe.write(to: file)
      #expect(try Recipe(named: file.path) == recipe)
      let configuration = try preset.withPriors(shapes)
      #expect(configuration.priorShapes == shapes)
      // Two ratios and the extra square at 38 x 38 positions instead of three.
      #expect(PriorBoxes(configuration).count == PriorBoxes(preset).count - 38 * 38)

      for spoil: (inout [PriorShapes]) -> Void in [
        { $0.removeLast() }, { $0[1].scale = 0 }, { $0[2].aspectRatios = [] },
        { $0[3].map = "conv4_3" },
      ] {
        recipe.priors = shapes
        spoil(&recipe.priors!)
        try recipe.write(to: file)
        #expect(throws: TrainingError.self) { try Recipe(named: file.path) }
      }
    }
  }

  @Test func leavesToThePaperWhatItDoesNotSay() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "short.json")
      try Data(
        #"{"name": "short", "model": "ssd300", "training": {"schedule": {"iterations": 120000}}}"#
          .utf8
      ).write(to: file)
      let recipe = try Recipe(named: file.path)
      #expect(recipe.training == Recipe.paper().training)
      #expect(recipe.loss == Recipe.paper().loss)
    }
  }

  @Test(arguments: [
    ("{", "not valid JSON"),
    (#"{"name": "x", "model": "ssd300"}"#, "`training` is missing"),
    (
      #"{"name": "x", "model": "ssd300", "training": {"schedule": {"iterations": 1}}, "validate": 1}"#,
      "no setting `validate`"
    ),
    (
      #"{"name": "x", "model": "ssd300", "training": {"batchsize": 8, "schedule": {"iterations": 1}}}"#,
      "no setting `training.batchsize`"
    ),
    (
      #"{"name": "x", "model": "ssd9", "training": {"schedule": {"iterations": 1}}}"#, "`ssd9`"
    ),
    (
      #"{"name": "x", "model": "ssd300", "training": {"schedule": {"iterations": "many"}}}"#,
      "`training.schedule.iterations`"
    ),
    (
      #"{"name": "x", "model": "ssd300", "training": {"schedule": {"iterations": 0}}}"#,
      "at least 1"
    ),
  ])
  func thatIsWrongSaysWhere(text: String, expected: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "wrong.json")
      try Data(text.utf8).write(to: file)
      let error = #expect(throws: TrainingError.self) { try Recipe(named: file.path) }
      #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }
  }
}
