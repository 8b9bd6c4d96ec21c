import Datasets
import MultiBox
import SSD
import Torch

/// Changes a network's weights by one batch after the other: forward, loss, backward, update.
///
/// It knows nothing of data sets, epochs and files; ``Trainer`` does.
public final class Stepper {
  /// The network being trained.
  public let network: SSDNetwork
  /// How the updates are made.
  public let configuration: TrainingConfiguration
  let loss: MultiBoxLoss
  let optimizer: SGD
  /// Averages of the parameters and running statistics, where they are wanted.
  public let average: ExponentialMovingAverage?
  let communicator: any Communicator
  /// nil in a run of one process.
  private let reducer: GradientReducer?
  /// What forward passes change: the running statistics of batch normalisations.
  let buffers: [Tensor]

  /// Freezes what is to stay as it is, and starts with zero momentum and rank 0's weights.
  ///
  /// - Throws: ``TrainingError`` when a layer to freeze does not exist, or no other is left;
  ///   ``CommunicationError``.
  public init(
    _ network: SSDNetwork, configuration: TrainingConfiguration,
    communicator: any Communicator = SingleProcess()
  ) throws {
    self.network = network
    self.configuration = configuration
    self.communicator = communicator
    try network.freeze(configuration.frozen)
    for (_, tensor) in network.state { try communicator.broadcast(tensor) }
    if configuration.isDeterministic { Runtime.setDeterministic(true) }
    Runtime.setAlgorithmSearch(network.device != .cpu && !configuration.isDeterministic)
    loss = MultiBoxLoss(
      priors: PriorBoxes(network.configuration), configuration: network.configuration.loss)
    let parameters = network.parameters.filter(\.tensor.requiresGradient)
    reducer =
      communicator.count > 1
      ? GradientReducer(parameters.map(\.tensor), communicator: communicator) : nil
    optimizer = SGD(
      groups: [
        SGD.Group(
          parameters.filter { !$0.name.hasSuffix(".bias") },
          weightDecay: configuration.weightDecay),
        SGD.Group(
          parameters.filter { $0.name.hasSuffix(".bias") },
          learningRateFactor: configuration.biasLearningRateFactor,
          weightDecay: configuration.weightDecay),
      ], momentum: configuration.momentum)
    average = configuration.averageDecay.map {
      ExponentialMovingAverage(of: network.state, decay: $0)
    }
    let learned = Set(network.parameters.map(\.name))
    buffers = network.state.filter { !learned.contains($0.name) }.map(\.tensor)
  }

  /// What came of a step, on all ranks together.
  public struct Figures: Sendable {
    /// Images that it saw.
    public var images = 0
    /// The multibox loss.
    public var loss = 0.0
    /// Its localization part, before the weight.
    public var localization = 0.0
    /// Its confidence part.
    public var confidence = 0.0
    /// The learning rate of the weights.
    public var learningRate = 0.0
    /// The Euclidean length of the gradients before clipping.
    public var gradientNorm = 0.0
    /// What the time went to.
    public var stages = StepStages()
    /// How long gradients were on their way between ranks, in seconds: mostly during the backward pass.
    /// What the step waits for is ``StepStages/communication``.
    public var transferSeconds = 0.0
  }

  /// Why a step changed nothing.
  public struct NotFinite: Error {
    /// The loss.
    public var loss: Double
    /// The length of the gradients; nil where the loss was not finite already.
    public var gradientNorm: Double?
  }

  /// One update.
  ///
  /// - Parameters:
  ///   - batch: this rank's images; they are split into parts of the configuration's batch size, whose
  ///     gradients are added up.
  ///   - iteration: decides the learning rate; counted from 0.
  /// - Throws: ``NotFinite``, on all ranks or none, or ``CommunicationError``; weights and running
  ///   statistics are then as before.
  public func step(on batch: Batch, iteration: Int) throws -> Figures {
    let before = buffers.map { $0.cloned() }
    defer { optimizer.clearGradients() }
    do {
      return try update(batch, iteration: iteration)
    } catch {
      for (buffer, value) in zip(buffers, before) { buffer.assign(value) }
      throw error
    }
  }

  private func update(_ batch: Batch, iteration: Int) throws -> Figures {
    var figures = Figures(images: batch.count)
    var watch = StageWatch()
    let parts = batch.parts(of: configuration.batchSize)
    let last = parts.count - 1
    let targets = parts.map { loss.targets(for: $0.objects) }
    let ownPositives = targets.reduce(0) { $0 + $1.positiveCount }
    watch.end(\.loss)
    let positives = Int(try communicator.sums(of: [Double(ownPositives)])[0])
    watch.end(\.communication)
    for (number, (part, targets)) in zip(parts, targets).enumerated() {
      let (locations, scores) = withAutocast(
        configuration.precision.autocast, on: network.device
      ) {
        network(network.normalized(part.pixels.moved(to: network.device)))
      }
      watch.end(\.forward)
      let losses = loss(
        locations: locations, scores: scores, targets: targets, positives: positives)
      watch.end(\.loss)
      if number == last { reducer?.arm() }
      losses.total.backward()
      // Not before: a GPU would have nothing to do while the program looks.
      figures.loss += losses.total.scalar
      figures.localization += losses.localization.scalar
      figures.confidence += losses.confidence.scalar
      watch.end(\.backward)
      // With other ranks, none may leave before all know.
      guard figures.loss.isFinite || reducer != nil else { throw NotFinite(loss: figures.loss) }
    }
    if let reducer {
      figures.transferSeconds = try reducer.finish().seconds
      try addFiguresOfOtherRanks(to: &figures)
      watch.end(\.communication)
      guard figures.loss.isFinite else { throw NotFinite(loss: figures.loss) }
    }
    figures.gradientNorm = try communicator.agreed(optimizer.gradientNorm())
    // It is looked at even when nothing is clipped: a gradient that is not finite would spoil the
    // weights, and the next checkpoint with them, before any loss shows it.
    guard figures.gradientNorm.isFinite else {
      throw NotFinite(loss: figures.loss, gradientNorm: figures.gradientNorm)
    }
    if let maximum = configuration.maximumGradientNorm, figures.gradientNorm > maximum {
      optimizer.scaleGradients(by: maximum / figures.gradientNorm)
    }
    figures.learningRate = configuration.schedule.learningRate(at: iteration)
    optimizer.step(learningRate: figures.learningRate)
    average?.update(step: iteration)
    watch.end(\.optimizer)
    figures.stages = watch.stages
    return figures
  }

  /// Every rank has divided its losses by the positives of all.
  private func addFiguresOfOtherRanks(to figures: inout Figures) throws {
    let sums = try communicator.sums(
      of: [Double(figures.images), figures.loss, figures.localization, figures.confidence])
    figures.images = Int(sums[0])
    (figures.loss, figures.localization, figures.confidence) = (sums[1], sums[2], sums[3])
  }

  /// Gives every rank the running statistics of rank 0, which are those that are saved.
  func shareBuffers() throws {
    for buffer in buffers { try communicator.broadcast(buffer) }
  }
}

/// Assigns the time since it was last asked to a stage.
private struct StageWatch {
  private(set) var stages = StepStages()
  private var last = ContinuousClock.now

  mutating func end(_ stage: WritableKeyPath<StepStages, Double>) {
    let now = ContinuousClock.now
    stages[keyPath: stage] += (now - last).seconds
    last = now
  }
}

extension Batch {
  /// The batch in pieces of at most `size` images: their pixels, (images, height, width, 3) bytes, and
  /// objects.
  fileprivate func parts(of size: Int) -> [(pixels: Tensor, objects: [[GroundTruthObject]])] {
    let bytesPerImage = self.size * self.size * 3
    return stride(from: 0, to: count, by: size).map { first in
      let range = first..<min(first + size, count)
      let pixels = pixels.withUnsafeBytes { bytes in
        Tensor(
          bytes: UnsafeRawBufferPointer(
            rebasing: bytes[range.lowerBound * bytesPerImage..<range.upperBound * bytesPerImage]),
          shape: [range.count, self.size, self.size, 3], scalarType: .uint8)
      }
      return (pixels, Array(objects[range]))
    }
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
