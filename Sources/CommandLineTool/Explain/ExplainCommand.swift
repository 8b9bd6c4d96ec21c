import ArgumentParser

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Draw a concept of SSD, on any image and any model.",
    usage: "ssd explain <concept> --output PICTURE [--image IMAGE] [--model MODEL] ...",
    discussion: """
      Every picture is drawn by the code that it explains. Without an image, a scene of painted \
      shapes is explained:
        ssd explain matching --output matching.png
        ssd explain priors --model ssd512 --output priors.svg
        ssd explain predictions --model model.safetensors --image photo.jpg --output scores.png
      """,
    subcommands: [
      ExplainCoordinatesCommand.self, ExplainJaccardCommand.self, ExplainPriorsCommand.self,
      ExplainOffsetsCommand.self, ExplainMatchingCommand.self, ExplainLossCommand.self,
      ExplainPredictionsCommand.self, ExplainSuppressionCommand.self,
      ExplainAugmentationCommand.self, ExplainArchitectureCommand.self, ExplainVGGCommand.self,
      ExplainFullyConnectedCommand.self, ExplainDecimationCommand.self,
      ExplainReshapingCommand.self, ExplainReceptiveFieldCommand.self, ExplainOverviewCommand.self,
      ExplainTrainingCommand.self, ExplainAveragePrecisionCommand.self,
    ])
}
