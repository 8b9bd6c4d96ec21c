import Datasets
import SSD
import Torch

/// Makes the steps of a ``Stepper`` on a GPU without looking at anything in between: the program runs
/// ahead, and only ``outcome()`` waits.
///
/// The shapes of a step follow from the batch size and the room for objects alone, so it is captured in
/// a CUDA graph, one for each room that occurs. A step whose gradient is not finite changes nothing, as
/// on the CPU; that is known when the figures are asked for.
public final class DeviceStepper {
  /// The network, its optimiser and their settings.
  public let stepper: Stepper
  private let device: Device
  private let matcher: TensorMatcher
  private let stream: CUDAStream?
  private let record: StepRecord
  /// By room for objects.
  private var steps: [Int: (inputs: StepInputs, work: ReplayedWork)] = [:]
  /// The names of the images of the steps since the figures were asked for, by iteration.
  private var names: [Int: [String]] = [:]
  private var learningRate = 0.0

  /// Steps on the device that the network is on.
  ///
  /// - Throws: ``TrainingError/notDeterministic(_:)``.
  /// - Precondition: one process trains. Several exchange gradients during the backward pass.
  public init(_ stepper: Stepper) throws {
    precondition(stepper.communicator.count == 1, "several processes do not run ahead")
    self.stepper = stepper
    device = stepper.network.device
    guard device == .cpu || !stepper.configuration.isDeterministic else {
      throw TrainingError.notDeterministic(device)
    }
    matcher = TensorMatcher(
      priors: stepper.loss.priors, configuration: stepper.network.configuration.loss, on: device)
    stream = device != .cpu && CUDA.hasGraphs ? CUDAStream(on: device) : nil
    record = StepRecord(on: device)
  }

  // Memory that this leaves goes to other streams, which do not wait for this one.
  deinit { synchronize() }

  /// Whether steps are captured in CUDA graphs.
  public var usesGraphs: Bool { stream != nil }

  /// Gives the device an update to make.
  ///
  /// - Parameters:
  ///   - batch: is split into parts of the configuration's batch size, whose gradients are added up.
  ///   - iteration: decides the learning rate; counted from 0.
  public func enqueue(_ batch: Batch, iteration: Int) {
    names[iteration] = batch.names
    learningRate = stepper.configuration.schedule.learningRate(at: iteration)
    let numbers = [
      Float(learningRate), Float(stepper.average?.weight(ofStep: iteration) ?? 0),
      Float(iteration),
    ]
    guard let stream else { return run(batch, numbers: numbers) }
    stream.run { run(batch, numbers: numbers) }
  }

  private func run(_ batch: Batch, numbers: [Float]) {
    let capacity = ObjectTensors.capacity(for: batch.objects)
    let (inputs, work) =
      steps[capacity] ?? (StepInputs(batch, capacity: capacity, on: device), ReplayedWork())
    steps[capacity] = (inputs, work)
    inputs.load(batch, numbers: numbers)
    guard stream != nil else { return update(inputs) }
    work.run(
      besides: steps.values.map(\.work),
      // Gradients that a graph made are in its memory; the next one makes its own.
      prepare: stepper.optimizer.clearGradients
    ) {
      update(inputs)
    }
  }

  /// One update: operators of fixed shapes only.
  private func update(_ inputs: StepInputs) {
    let (network, configuration) = (stepper.network, stepper.configuration)
    let count = inputs.pixels.shape[0]
    let before = stepper.buffers.map { $0.cloned() }
    stepper.optimizer.clearGradients()
    let parts = stride(from: 0, to: count, by: configuration.batchSize).map { first in
      let range = first..<min(first + configuration.batchSize, count)
      return (pixels: inputs.pixels.sliced(range), targets: matcher(inputs.objects[range]))
    }
    let positives = parts.dropFirst().reduce(parts[0].targets.positiveCount) {
      $0 + $1.targets.positiveCount
    }
    var losses: Tensor?
    for (pixels, targets) in parts {
      let (locations, scores) = withAutocast(configuration.precision.autocast, on: device) {
        network(network.normalized(pixels))
      }
      let loss = stepper.loss(
        locations: locations, scores: scores, targets: targets, positives: positives)
      loss.total.backward()
      let figures = Tensor.stacked(
        [loss.total, loss.localization, loss.confidence].map {
          $0.detached()
        })
      losses = losses.map { $0 + figures } ?? figures
    }
    guard let losses, let norm = stepper.optimizer.gradientNormTensor() else { return }
    let isFinite = (losses.selected(0) + norm).isFinite()
    let isSkipped = (-isFinite.converted(to: .float32)) + 1
    stepper.optimizer.step(
      learningRate: inputs.numbers.selected(0),
      dividingGradientsBy: configuration.maximumGradientNorm.map {
        (norm / $0).clamped(minimum: 1)
      }, isSkipped: isSkipped)
    // Before they are averaged: a weight of zero does not keep out what is not a number.
    for (buffer, value) in zip(stepper.buffers, before) {
      buffer.assign(buffer.chosen(where: isFinite, otherwise: value))
    }
    stepper.average?.update(weight: inputs.numbers.selected(1) * isFinite.converted(to: .float32))
    record.note(
      losses: losses, norm: norm, iteration: inputs.numbers.selected(2), isSkipped: isSkipped)
  }

  /// What came of the steps since this was last asked.
  public struct Outcome: Sendable {
    /// Of the last step. Stages are not told apart on a device.
    public var figures: Stepper.Figures
    /// How many steps changed nothing because their gradient was not finite.
    public var skipped: Int
    /// How many steps changed nothing at the end, one after the other, however long ago that began.
    public var skippedInARow: Int
    /// The last of the steps that changed nothing: its iteration, counted from 0, why, and the names of
    /// its images.
    public var lastSkipped: (iteration: Int, reason: Stepper.NotFinite, images: [String])?
  }

  /// Waits for the device.
  public func outcome() -> Outcome {
    let values = stream?.run { record.read() } ?? record.read()
    defer { names = [:] }
    var figures = Stepper.Figures()
    figures.loss = values.loss
    figures.localization = values.localization
    figures.confidence = values.confidence
    figures.gradientNorm = values.gradientNorm
    figures.learningRate = learningRate
    return Outcome(
      figures: figures, skipped: values.skipped, skippedInARow: values.skippedInARow,
      lastSkipped: values.skipped == 0
        ? nil
        : (
          values.lastSkipped,
          Stepper.NotFinite(
            loss: values.lastSkippedLoss, gradientNorm: values.lastSkippedNorm),
          names[values.lastSkipped] ?? []
        ))
  }

  /// Waits until everything is done, so that other streams may read and write the network's weights, or
  /// until what they have written is there.
  public func synchronize() {
    if device != .cpu { CUDA.synchronize(device) }
  }
}
