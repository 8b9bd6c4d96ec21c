// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Datasets
import Foundation
import MultiBox
import SSD
import Torch
import Training

extension Chapter {
  static func trainingRun(_ print: (Any...) -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "guide-training")
    try? FileManager.default.removeItem(at: folder)
    try SyntheticShapes(.simple).write(
      to: folder, trainingCount: 4, testCount: 0)
    let dataset = try DetectionDataset(voc: [
      DatasetSource(folder: folder, split: "trainval")
    ])

    Runtime.seed(1)
    let network = SSDNetwork(.ssd300Tiny(classes: dataset.classes))
    let loss = MultiBoxLoss(priors: PriorBoxes(network.configuration))
    let optimizer = SGD(
      groups: [
        SGD.Group(
          network.parameters.filter { !$0.name.hasSuffix(".bias") },
          weightDecay: 5e-4),
        SGD.Group(
          network.parameters.filter { $0.name.hasSuffix(".bias") },
          learningRateFactor: 2,
          weightDecay: 5e-4),
      ], momentum: 0.9)

    network.isTraining = true
    var losses: [Double] = []
    for _ in 0..<8 {
      let loader = BatchLoader(dataset, .evaluation(batchSize: 4))
      guard let batch = try loader.next() else { break }
      let pixels = Tensor(batch.pixels, shape: [4, 300, 300, 3])
      let (locations, scores) = network(network.normalized(pixels))
      let total = loss(
        locations: locations, scores: scores,
        targets: loss.targets(for: batch.objects)
      ).total
      total.backward()
      optimizer.step(learningRate: 1e-3)
      optimizer.clearGradients()
      losses.append(total.scalar)
    }
    print(losses.count, losses[7] < losses[0])  // 8 true

    let schedule = LearningRateSchedule(iterations: 120_000)
    print(schedule.learningRate(at: 0), schedule.learningRate(at: 79_999))
    // 0.001 0.001
    print(schedule.learningRate(at: 80_000), schedule.learningRate(at: 100_000))
    // 0.0001 0.00001
    for steps in [80_000, 100_000, 120_000] {
      print(Double(steps) * 32 / 16551)
    }
  }
}
