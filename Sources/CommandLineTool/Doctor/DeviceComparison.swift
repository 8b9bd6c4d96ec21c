#if Training
  import Datasets
  import Foundation
  import MultiBox
  import SSD
  import TextTable
  import Torch
  import Training
  import Weights

  /// A device's losses, training steps and detections beside those of the CPU in float32.
  ///
  /// The CPU makes its steps one by one and with the matcher that the tests compare with other
  /// implementations; the device as in training, in CUDA graphs where it has them.
  struct DeviceComparison: Encodable {
    let device: String
    let model: String
    let batch: Int
    private(set) var entries: [Entry] = []

    /// A figure of both.
    struct Entry: Encodable {
      let what: String
      let numbers: String
      /// The difference as a share of the CPU's value, or of what a score can be.
      let difference: Double
      let tolerance: Double

      var isGood: Bool { difference <= tolerance }
    }

    /// What a device multiplies, and how far its results may be off.
    enum Numbers: String, CaseIterable {
      case float32
      /// float32 with factors of 10 bits, which is libtorch's default for convolutions on a GPU.
      case tf32
      case bfloat16

      var precision: TrainingConfiguration.Precision {
        self == .bfloat16 ? .bfloat16 : .float32
      }

      /// Half a unit in the last place of a factor, and what forty layers make of it: float32 has 24
      /// bits, TF32 11, bfloat16 8. Steps of training blow differences up more than tenfold each, see
      /// `TrainingStepsTests`.
      var tolerances: (scores: Double, firstSteps: Double, laterSteps: Double) {
        switch self {
        case .float32: (1e-5, 1e-3, 2e-2)
        case .tf32: (2e-3, 1e-2, 5e-2)
        case .bfloat16: (1e-2, 5e-2, 1e-1)
        }
      }
    }

    init(device: Device, model: String, batch: Int) throws {
      self.device = device.formatted
      self.model = model
      self.batch = batch
      let source = try ImportedModel(named: model)
      let images = Batch.noise(
        count: batch, size: source.configuration.imageSize,
        classes: source.configuration.classes.count)
      let kinds = device == .cpu ? [Numbers.float32, .bfloat16] : Numbers.allCases
      defer { Runtime.setTF32(true) }

      let reference = try Self.network(source, on: .cpu)
      let scenes = Self.scenes(count: batch, size: source.configuration.imageSize)
      let expected = TorchPredictor(reference).predict(scenes, imageCount: batch)
      compareLoss(expected, of: reference, images: images, on: device)
      for kind in kinds {
        Runtime.setTF32(kind == .tf32)
        let predictor = TorchPredictor(
          try Self.network(source, on: device), autocast: kind.precision.autocast)
        let found = Runtime.withoutAlgorithmSearch {
          // The third time, a graph is replayed.
          for _ in 0..<2 { _ = predictor.predict(scenes, imageCount: batch) }
          return predictor.predict(scenes, imageCount: batch)
        }
        compareScores(found, expected, of: source.configuration, kind)
        // Random weights find everything everywhere, equally well.
        if FileManager.default.fileExists(atPath: model) {
          compareDetections(found, expected, of: source.configuration, kind)
        }
      }

      let steps = try Self.stepsOneByOne(source, images)
      for kind in kinds {
        Runtime.setTF32(kind == .tf32)
        let found = try Self.stepsAhead(source, images, kind.precision, on: device)
        for (number, (loss, expected)) in zip(found, steps).enumerated() {
          entries.append(
            Entry(
              what: "loss of step \(number + 1)", numbers: kind.rawValue,
              difference: abs(loss - expected) / abs(expected),
              tolerance: number < 3 ? kind.tolerances.firstSteps : kind.tolerances.laterSteps))
        }
      }
    }

    var problems: [String] {
      entries.filter { !$0.isGood }.map {
        """
        \($0.what) in \($0.numbers) on \(device) is off by \(String(format: "%.2g", $0.difference)), \
        more than \(String(format: "%.2g", $0.tolerance))
        """
      }
    }

    private static func network(_ model: ImportedModel, on device: Device) throws -> SSDNetwork {
      let network = try SSDNetwork(model)
      network.move(to: device)
      return network
    }

    private mutating func compareLoss(
      _ predictions: RawPredictions, of network: SSDNetwork, images: Batch, on device: Device
    ) {
      let configuration = network.configuration
      let priors = PriorBoxes(configuration)
      let loss = MultiBoxLoss(priors: priors, configuration: configuration.loss)
      let locations = Tensor(predictions.offsets, shape: [batch, priors.count, 4])
      let scores = Tensor(
        predictions.logits, shape: [batch, priors.count, configuration.scoreCount])
      let expected = loss(
        locations: locations, scores: scores, targets: loss.targets(for: images.objects))
      let matcher = TensorMatcher(
        priors: priors, configuration: configuration.loss, on: device)
      let objects = ObjectTensors(
        images.objects, capacity: ObjectTensors.capacity(for: images.objects))
      let targets = matcher(
        ObjectTensors(
          boxes: objects.boxes.moved(to: device), classes: objects.classes.moved(to: device)))
      let found = loss(
        locations: locations.moved(to: device), scores: scores.moved(to: device),
        targets: targets, positives: targets.positiveCount)
      for (what, a, b) in [
        ("localization loss", found.localization, expected.localization),
        ("confidence loss", found.confidence, expected.confidence),
      ] {
        entries.append(
          Entry(
            what: what, numbers: "float32",
            difference: abs(a.scalar - b.scalar) / max(abs(b.scalar), 1e-12), tolerance: 1e-4))
      }
    }

    /// Painted scenes, (count, size, size, 3).
    private static func scenes(count: Int, size: Int) -> [UInt8] {
      let shapes = SyntheticShapes(.simple, seed: 1)
      return (0..<count).flatMap {
        shapes.scene(at: $0).image.resized(width: size, height: size).pixels
      }
    }

    private mutating func compareScores(
      _ found: RawPredictions, _ expected: RawPredictions, of configuration: SSDConfiguration,
      _ kind: Numbers
    ) {
      entries.append(
        Entry(
          what: "scores, root mean square", numbers: kind.rawValue,
          difference: found.scoreDifference(from: expected, columns: configuration.scoreCount)
            .rootMeanSquare,
          tolerance: kind.tolerances.scores))
    }

    /// Of what the CPU is sure to have found, the share that the device has not: a score next to the
    /// threshold may fall to either side of it.
    private mutating func compareDetections(
      _ found: RawPredictions, _ expected: RawPredictions, of configuration: SSDConfiguration,
      _ kind: Numbers
    ) {
      let decoder = PredictionDecoder(configuration)
      let all = zip(
        decoder.detections(found, settings: .init()),
        decoder.detections(expected, settings: .init(minimumScore: 0.3)))
      let isThere = all.flatMap { ours, theirs in
        theirs.map { detection in
          ours.contains {
            $0.classIndex == detection.classIndex && $0.box.iou(with: detection.box) > 0.8
          }
        }
      }
      entries.append(
        Entry(
          what: "missing of \(isThere.count) detections", numbers: kind.rawValue,
          difference: Double(isThere.count { !$0 }) / Double(max(isThere.count, 1)),
          tolerance: kind == .bfloat16 ? 0.05 : 0.02))
    }

    private static let stepCount = 6

    private static func stepper(
      _ model: ImportedModel, batch: Int, _ precision: TrainingConfiguration.Precision,
      on device: Device
    ) throws -> Stepper {
      let network = try network(model, on: device)
      network.isTraining = true
      return try Stepper(
        network,
        configuration: TrainingConfiguration(
          batchSize: batch, schedule: LearningRateSchedule(initial: 1e-3, iterations: stepCount),
          maximumGradientNorm: 10, averageDecay: 0.9, precision: precision))
    }

    private static func stepsOneByOne(
      _ model: ImportedModel, _ images: Batch
    ) throws -> [Double] {
      let stepper = try stepper(model, batch: images.count, .float32, on: .cpu)
      return try (0..<stepCount).map { try stepper.step(on: images, iteration: $0).loss }
    }

    private static func stepsAhead(
      _ model: ImportedModel, _ images: Batch, _ precision: TrainingConfiguration.Precision,
      on device: Device
    ) throws -> [Double] {
      let stepper = try DeviceStepper(
        stepper(model, batch: images.count, precision, on: device))
      return Runtime.withoutAlgorithmSearch {
        (0..<stepCount).map {
          stepper.enqueue(images, iteration: $0)
          return stepper.outcome().figures.loss
        }
      }
    }
  }

  extension DeviceComparison: CustomStringConvertible {
    var description: String {
      let table = TextTable<Entry> { entry in
        [
          Column(title: "\(device) and the CPU", value: entry.what),
          Column(title: "numbers", value: entry.numbers),
          Column(
            title: "off by", value: String(format: "%.2g", entry.difference), align: .right),
          Column(
            title: "allowed", value: String(format: "%.2g", entry.tolerance), align: .right),
          Column(title: "", value: entry.isGood ? "" : "wrong"),
        ]
      }
      return """
        \(model), batch \(batch)

        \(table.string(for: entries) ?? "")
        """
    }
  }
#endif
