import Foundation
import MultiBox
import SSD
import Testing
import TestSupport
import Torch

@Suite("Six steps of training")
struct TrainingStepsTests {
  struct Golden: Decodable {
    struct Step: Decodable {
      struct Parameter: Decodable {
        let l2: Double
        let first: [Double]
      }
      let image_hash_layer: UInt32
      let boxes: [[[Float]]]
      let labels: [[Int]]
      let loss: Double
      let gradient_l2: Double
      let after: [String: Parameter]
    }
    let steps: [Step]
  }

  @Test func followTheReference() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: resource("training_steps.json")))
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    configuration.clipsPriors = false
    configuration.loss = LossConfiguration(
      averagesCoordinates: true, forcedMatch: .laterObjectWins)
    let network = SSDNetwork(configuration)
    // The reference's order of summation.
    network.memoryFormat = .contiguous
    try HashTensor.fill(network, predictionFactor: 0.1)
    let loss = MultiBoxLoss(
      priors: PriorBoxes(configuration), configuration: configuration.loss)
    let optimizer = SGD(groups: [
      SGD.Group(network.parameters.filter { !$0.name.hasSuffix("bias") }, weightDecay: 5e-4),
      SGD.Group(
        network.parameters.filter { $0.name.hasSuffix("bias") }, learningRateFactor: 2,
        weightDecay: 5e-4),
    ])
    for (number, step) in golden.steps.enumerated() {
      let tolerance = Self.tolerance(ofStep: number + 1)
      let objects = zip(step.boxes, step.labels).map { boxes, labels in
        zip(boxes, labels).map { box, label in
          GroundTruthObject(
            box: BoundingBox(xMin: box[0], yMin: box[1], xMax: box[2], yMax: box[3]),
            classIndex: label)
        }
      }
      let images = HashTensor.tensor(
        [objects.count, 3, 300, 300], layer: step.image_hash_layer, factor: imageFactor)
      let (locations, scores) = network(images)
      let total = loss(
        locations: locations, scores: scores, targets: loss.targets(for: objects)
      ).total
      #expect(abs(total.scalar - step.loss) <= tolerance * step.loss)
      total.backward()
      #expect(abs(optimizer.gradientNorm() - step.gradient_l2) <= 2 * tolerance * step.gradient_l2)
      optimizer.step(learningRate: 1e-3)
      optimizer.clearGradients()
      let parameters = Dictionary(uniqueKeysWithValues: network.parameters)
      for (name, expected) in step.after {
        let tensor = try #require(parameters[name])
        #expect(
          abs(tensor.norm2().scalar - expected.l2) <= 0.1 * tolerance * expected.l2, "\(name)")
        for (value, expected) in zip(tensor.array(of: Double.self), expected.first) {
          #expect(abs(value - expected) <= tolerance * max(abs(expected), 1e-2), "\(name)")
        }
      }
    }
    #expect(golden.steps.count == 6)
  }

  private let imageFactor: Float = 2

  /// Losses this large blow differences of 1e-7 up more than tenfold a step. From the fourth step on
  /// the reference does not agree with itself: PyTorch 2.11 run with 1, 2, 3, 4 and 8 threads is off
  /// from its own golden by up to 0.000034 in step 3, 0.0012 in step 4, 0.0031 in step 5 and 0.0141 in
  /// step 6.
  private static func tolerance(ofStep step: Int) -> Double { step <= 3 ? 1e-3 : 2e-2 }
}
