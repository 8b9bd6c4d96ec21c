// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

extension Chapter {
  static let all = [
    Chapter(name: "Augmentation", program: augmentation),
    Chapter(name: "AveragePrecision", program: averagePrecision),
    Chapter(name: "BaseNetwork", program: baseNetwork),
    Chapter(name: "Choices", program: choices),
    Chapter(name: "Commands", program: commands),
    Chapter(name: "Coordinates", program: coordinates),
    Chapter(name: "Data", program: data),
    Chapter(name: "Decimation", program: decimation),
    Chapter(name: "Detecting", program: detecting),
    Chapter(name: "JaccardOverlap", program: jaccardOverlap),
    Chapter(name: "Loss", program: loss),
    Chapter(name: "ManyProcesses", program: manyProcesses),
    Chapter(name: "Matching", program: matching),
    Chapter(name: "MultiboxIdea", program: multiboxIdea),
    Chapter(name: "Network", program: network),
    Chapter(name: "Objective", program: objective),
    Chapter(name: "Offsets", program: offsets),
    Chapter(name: "Predictions", program: predictions),
    Chapter(name: "Priors", program: priors),
    Chapter(name: "Questions", program: questions),
    Chapter(name: "ReceptiveField", program: receptiveField),
    Chapter(name: "Suppression", program: suppression),
    Chapter(name: "TrainingRun", program: trainingRun),
  ]
}
