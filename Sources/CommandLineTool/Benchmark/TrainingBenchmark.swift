#if Training
  import Foundation
  import MultiBox
  import TextTable
  import Torch
  import Training

  /// The figures of training steps, as they are printed and written.
  struct TrainingBenchmark: Encodable {
    let network: String
    /// Of each process.
    let batch: Int
    let processes: Int
    let precision: String
    let threads: Int
    let machine = Machine()
    let milliseconds: Timings
    let forwardMilliseconds: Timings
    let lossMilliseconds: Timings
    let backwardMilliseconds: Timings
    /// What the step waited for other processes.
    let communicationMilliseconds: Timings
    let optimizerMilliseconds: Timings
    /// How long gradients were on their way, most of it during the backward pass.
    let transferMilliseconds: Timings
    /// Of all processes.
    let imagesPerSecond: Double
    /// Multiplications and additions of the convolutions, forwards and backwards.
    let operationsPerImage: Double
    /// Of each process.
    let operationsPerSecond: Double
    /// The same of a large matrix product.
    let peakOperationsPerSecond: Double
    /// Bytes.
    let peakMemory = Machine.peakMemory

    init(
      _ stepper: Stepper, batch: Int, ranks: Int, figures: [Stepper.Figures], peak: Double
    ) {
      let configuration = stepper.network.configuration
      network = configuration.name
      self.batch = batch
      processes = ranks
      precision = stepper.configuration.precision.rawValue
      threads = Runtime.threadCount
      func timings(_ seconds: (Stepper.Figures) -> Double) -> Timings {
        var timings = Timings()
        for figure in figures { timings.add(.seconds(seconds(figure))) }
        return timings
      }
      milliseconds = timings(\.stages.total)
      forwardMilliseconds = timings(\.stages.forward)
      lossMilliseconds = timings(\.stages.loss)
      backwardMilliseconds = timings(\.stages.backward)
      communicationMilliseconds = timings(\.stages.communication)
      optimizerMilliseconds = timings(\.stages.optimizer)
      transferMilliseconds = timings(\.transferSeconds)
      imagesPerSecond = 1000 * Double(batch * ranks) / milliseconds.percentile(0.5)
      operationsPerImage = 2 * Double(configuration.graph.trainingMultiplications)
      operationsPerSecond = imagesPerSecond / Double(ranks) * operationsPerImage
      peakOperationsPerSecond = peak
    }
  }

  extension TrainingBenchmark: CustomStringConvertible {
    var description: String {
      var stages = [
        ("forward", forwardMilliseconds), ("loss", lossMilliseconds),
        ("backward", backwardMilliseconds), ("optimiser", optimizerMilliseconds),
        ("step", milliseconds),
      ]
      if processes > 1 {
        stages.insert(("waiting for others", communicationMilliseconds), at: 3)
        stages.append(("gradients on their way", transferMilliseconds))
      }
      let whole = milliseconds.percentile(0.5)
      let table = TextTable<(String, Timings)> { name, timings in
        let median = timings.percentile(0.5)
        return [
          Column(title: "milliseconds", value: name),
          Column(title: "p50", value: String(format: "%.1f", median), align: .right),
          Column(
            title: "p95", value: String(format: "%.1f", timings.percentile(0.95)), align: .right),
          Column(
            title: "share", value: String(format: "%.1f %%", 100 * median / whole), align: .right),
        ]
      }
      return """
        \(network), \(processes > 1 ? "\(processes) processes, " : "")batch \(batch), \(precision), \
        \(threads) threads, \
        \(milliseconds.milliseconds.count) steps
        \(machine)

        \(table.string(for: stages) ?? "")
        \(String(format: "%.2f", imagesPerSecond)) images/s; \
        \(String(format: "%.0f", operationsPerSecond / 1e9)) GFLOP/s by the definition of a \
        convolution, \
        \(String(format: "%.0f", 100 * operationsPerSecond / peakOperationsPerSecond)) % of the \
        \(String(format: "%.0f", peakOperationsPerSecond / 1e9)) that a matrix product reaches \
        (Winograd's convolutions do less than they are counted for); \
        \(formatted(bytes: peakMemory)) of memory at most
        """
    }
  }

  /// What the machine can do at most.
  enum MatrixProduct {
    /// Multiplications and additions a second of the fastest of a few products of `size` x `size`.
    static func operationsPerSecond(
      _ type: ScalarType, size: Int = 2048, on device: Device = .cpu
    ) -> Double {
      let matrix = Tensor.full([size, size], value: 0.5, device: device).converted(to: type)
      let times = (0..<5).map { _ in
        let start = ContinuousClock.now
        let product = matrix.matrixProduct(with: matrix)
        // Bringing a number back waits for the GPU.
        if device != .cpu { _ = product.selected(0).selected(0).scalar }
        return (ContinuousClock.now - start) / .seconds(1)
      }
      return 2 * Double(size * size * size) / times.min()!
    }
  }
#endif
