internal import CKernels
import Foundation
import MultiBox
import Synchronization
import Weights

/// Runs a network on the CPU with this package's own kernels.
///
/// Calls may come from any thread; they run one after the other.
public final class NativePredictor: Predictor {
  /// The numbers that convolutions multiply. Sums are always float32, or integers of 32 bits.
  public enum Precision: String, Sendable, Codable, CaseIterable {
    /// The fastest that the processor has: bfloat16, or else int8 when the model is quantised, or
    /// else float32.
    case automatic
    case float32
    case bfloat16
    case int8
  }

  /// When weights are brought into the order in which kernels read them.
  public enum Packing: Sendable {
    /// At the start, for the fastest convolutions; they then are several times as many numbers.
    case once
    /// Layer by layer in every run, in memory that the layers share, for convolutions that need fewer
    /// numbers. One image takes less time from the file to the result, and a fraction of the memory;
    /// every further image takes longer. Results differ within the precision.
    case everyRun
  }

  /// The network's description.
  public let configuration: SSDConfiguration
  /// What convolutions multiply: float32 where the processor has nothing for what was asked for.
  public let precision: Precision
  /// What the kernels are made of.
  public var instructionSet: InstructionSet { network.instructions }
  /// How many threads share the work.
  public let threadCount: Int

  private let network: NativeNetwork
  private let workspace: Mutex<UnsafeWorkspace>
  /// Images that run through the network together; more would only need more memory.
  private static let batchLimit = 8

  /// A workspace in the hands of whoever holds the lock.
  private struct UnsafeWorkspace: @unchecked Sendable {
    var workspace: Workspace
  }

  /// Reads the model, and packs its weights unless that is left to the runs.
  ///
  /// - Parameters:
  ///   - precision: falls back to float32 where the processor has no instructions for it, or where
  ///     int8 is asked for and the model is not quantised (see ``Quantizer``).
  ///   - threads: the number of threads; nil for as many as the process has processors.
  ///   - packing: see ``Packing``.
  /// - Throws: ``/Weights/WeightFileError`` when weights cannot be read or are not finite, or
  ///   ``/MultiBox/NetworkError``, or ``UnavailableInstructionSet``.
  public convenience init(
    _ model: ImportedModel, precision: Precision = .automatic, threads: Int? = nil,
    packing: Packing = .once
  ) throws {
    try self.init(
      model, precision: precision, threads: threads, packing: packing,
      instructionSet: InstructionSet.chosen())
  }

  /// The same with a given instruction set.
  /// - Precondition: the processor has it.
  public convenience init(
    _ model: ImportedModel, precision: Precision = .automatic, threads: Int? = nil,
    packing: Packing = .once, instructionSet: InstructionSet
  ) throws {
    try self.init(
      model, precision: precision, threads: threads, packing: packing,
      instructionSet: instructionSet, quantization: Quantization(of: model))
  }

  /// - Parameter quantization: what int8 means for this model.
  init(
    _ model: ImportedModel, precision: Precision, threads: Int?, packing: Packing = .once,
    instructionSet: InstructionSet, quantization: Quantization?
  ) throws {
    precondition(instructionSet.isAvailable, "no \(instructionSet.rawValue) on this processor")
    configuration = model.configuration
    threadCount = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    self.precision = Self.possible(
      precision, on: instructionSet, isQuantized: quantization != nil)
    let float: LayerPlan.Element =
      self.precision != .float32 && instructionSet.supports(.bfloat16) ? .bfloat16 : .float32
    var plan = LayerPlan(
      try NetworkGraph(validating: model.configuration),
      imageSize: model.configuration.imageSize, element: float)
    if self.precision == .int8, let quantization {
      plan.quantize(quantization, limit: instructionSet.activationLimit)
    }
    plan.tune(hasManyRegisters: instructionSet.hasManyRegisters, packing: packing)
    let threads = KernelThreads(count: threadCount)
    network = try NativeNetwork(
      model, plan: plan, packing: packing, instructions: instructionSet, threads: threads)
    workspace = Mutex(UnsafeWorkspace(workspace: Workspace(network, threads: threads)))
  }

  /// What is wanted, or the best there is instead.
  private static func possible(
    _ precision: Precision, on instructions: InstructionSet, isQuantized: Bool
  ) -> Precision {
    let hasBytes = isQuantized && instructions.supports(.int8)
    switch precision {
    case .int8 where hasBytes: return .int8
    case .bfloat16 where instructions.supports(.bfloat16): return .bfloat16
    // Winograd's bfloat16 is as fast as its words made of bytes, and more exact. The portable kernels
    // have both to test the others; neither is fast there.
    case .automatic where instructions == .portable: return .float32
    case .automatic where instructions.supports(.bfloat16): return .bfloat16
    case .automatic where hasBytes: return .int8
    default: return .float32
    }
  }

  /// Bytes of packed weights that are kept.
  public var weightByteCount: Int { network.weightByteCount }

  /// Bytes for maps and everything else that a run writes: grows with the first large batch.
  public var workspaceByteCount: Int { workspace.withLock { $0.workspace.byteCount } }

  /// Runs the network; see ``Predictor``.
  ///
  /// - Throws: ``/Weights/WeightFileError`` when weights are packed in every run, and cannot be read or
  ///   are not finite.
  public func predict(_ pixels: [UInt8], imageCount: Int) throws -> RawPredictions {
    let imageBytes = configuration.imageSize * configuration.imageSize * 3
    precondition(
      pixels.count == imageCount * imageBytes,
      "\(pixels.count) bytes are not \(imageCount) images of \(imageBytes)")
    return try run(imageCount: imageCount) { first, count, workspace in
      pixels.withUnsafeBufferPointer {
        network.loadImages($0.baseAddress! + first * imageBytes, count: count, workspace)
      }
    }
  }

  /// Runs the network on images that are normalised already.
  ///
  /// - Parameter values: (images, 3, size, size), row-major.
  /// - Throws: as ``predict(_:imageCount:)``.
  public func predict(normalized values: [Float], imageCount: Int) throws -> RawPredictions {
    let imageValues = configuration.imageSize * configuration.imageSize * 3
    precondition(values.count == imageCount * imageValues)
    return try run(imageCount: imageCount) { first, count, workspace in
      values.withUnsafeBufferPointer {
        network.loadImages(
          normalized: $0.baseAddress! + first * imageValues, count: count, workspace)
      }
    }
  }

  private func run(
    imageCount: Int, load: (_ first: Int, _ count: Int, Workspace) -> Void
  ) throws -> RawPredictions {
    var scores: [Float] = []
    let locations = try output(columns: 4, imageCount) { locations in
      scores = try output(columns: network.scoreCount, imageCount) { scores in
        try workspace.withLock { held in
          let workspace = held.workspace
          for first in stride(from: 0, to: imageCount, by: Self.batchLimit) {
            let count = min(Self.batchLimit, imageCount - first)
            workspace.reserve(images: count)
            load(first, count, workspace)
            for layer in network.plan.layers.indices {
              try network.run(
                layer: layer, images: count, workspace,
                locations: locations + first * network.priorCount * 4,
                scores: scores + first * network.priorCount * network.scoreCount)
            }
          }
        }
      }
    }
    return RawPredictions(imageCount: imageCount, offsets: locations, logits: scores)
  }

  /// Runs the network on one image and shows every map that it leaves in memory, as floats
  /// (channels, size, size).
  func visitMaps(
    of pixels: [UInt8], _ visit: (_ name: String, _ values: [Float]) -> Void
  ) throws {
    try workspace.withLock { held in
      let workspace = held.workspace
      workspace.reserve(images: 1)
      pixels.withUnsafeBufferPointer {
        network.loadImages($0.baseAddress!, count: 1, workspace)
      }
      _ = try output(columns: 4, 1) { locations in
        _ = try output(columns: network.scoreCount, 1) { scores in
          for index in network.plan.layers.indices {
            try network.run(
              layer: index, images: 1, workspace, locations: locations, scores: scores)
            for map in network.plan.layers[index].writtenMaps {
              visit(network.plan.maps[map].name, network.values(ofMap: map, workspace))
            }
          }
        }
      }
    }
  }

  /// An array for a row of each prior of each image, filled by `body`.
  private func output(
    columns: Int, _ imageCount: Int, _ body: (UnsafeMutablePointer<Float>) throws -> Void
  ) rethrows -> [Float] {
    let count = imageCount * network.priorCount * columns
    guard count > 0 else { return [] }
    return try [Float](unsafeUninitializedCapacity: count) { values, initialized in
      try body(values.baseAddress!)
      initialized = count
    }
  }

  /// Runs the network on some images, layer by layer against the clock.
  ///
  /// - Parameters:
  ///   - pixels: as for ``predict(_:imageCount:)``, at most 8 images.
  ///   - repetitions: each layer's time is the median of that many runs, after one that warms up.
  public func profile(
    _ pixels: [UInt8], imageCount: Int = 1, repetitions: Int = 10
  ) throws -> NetworkProfile {
    precondition((1...Self.batchLimit).contains(imageCount) && repetitions > 0)
    let layers = network.plan.layers
    var times = layers.map { _ in [Double]() }
    let clock = ContinuousClock()
    try workspace.withLock { held in
      let workspace = held.workspace
      workspace.reserve(images: imageCount)
      pixels.withUnsafeBufferPointer {
        network.loadImages($0.baseAddress!, count: imageCount, workspace)
      }
      _ = try output(columns: 4, imageCount) { locations in
        _ = try output(columns: network.scoreCount, imageCount) { scores in
          for repetition in 0...repetitions {
            for layer in layers.indices {
              let time = try clock.measure {
                try network.run(
                  layer: layer, images: imageCount, workspace, locations: locations,
                  scores: scores)
              }
              if repetition > 0 { times[layer].append(time / .seconds(1)) }
            }
          }
        }
      }
    }
    return NetworkProfile(
      layers: layers.indices.map { index in
        NetworkProfile.Layer(
          layers[index], network.plan, imageCount: imageCount,
          multiplications: network.multiplications(ofLayer: index) * Double(imageCount),
          seconds: times[index].sorted()[repetitions / 2])
      })
  }
}
