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
    /// The fastest that the processor has and the accuracy allows: bfloat16, or else float32; of a
    /// quantised model, int8.
    case automatic
    case float32
    case bfloat16
    case int8
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

  /// Packs the model's weights.
  ///
  /// - Parameters:
  ///   - precision: falls back to float32 where the processor has no instructions for it.
  ///   - threads: the number of threads; nil for as many as the process has processors.
  /// - Throws: ``WeightFileError`` when weights cannot be read or are not finite, or
  ///   ``ImpossibleNetwork``, or ``UnavailableInstructionSet``.
  public convenience init(
    _ model: ImportedModel, precision: Precision = .automatic, threads: Int? = nil
  ) throws {
    try self.init(
      model, precision: precision, threads: threads, instructionSet: InstructionSet.chosen())
  }

  /// The same with a given instruction set.
  /// - Precondition: the processor has it.
  public init(
    _ model: ImportedModel, precision: Precision = .automatic, threads: Int? = nil,
    instructionSet: InstructionSet
  ) throws {
    precondition(instructionSet.isAvailable, "no \(instructionSet.rawValue) on this processor")
    configuration = model.configuration
    threadCount = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    let wanted = precision == .automatic ? .bfloat16 : precision
    // The portable kernels have bfloat16 to test the others; it is slow there.
    let isReduced =
      wanted == .bfloat16 && instructionSet.supports(.bfloat16)
      && !(precision == .automatic && instructionSet == .portable)
    self.precision = isReduced ? .bfloat16 : .float32
    var plan = try LayerPlan(model.configuration, element: isReduced ? .bfloat16 : .float32)
    plan.tune()
    let threads = KernelThreads(count: threadCount)
    network = try NativeNetwork(
      model, plan: plan, instructions: instructionSet, threads: threads)
    workspace = Mutex(UnsafeWorkspace(workspace: Workspace(network, threads: threads)))
  }

  /// Bytes of packed weights.
  public var weightByteCount: Int { network.weightByteCount }

  /// Bytes for maps and everything else that a run writes: grows with the first large batch.
  public var workspaceByteCount: Int { workspace.withLock { $0.workspace.byteCount } }

  /// Runs the network; see ``Predictor``.
  public func predict(_ pixels: [UInt8], imageCount: Int) -> RawPredictions {
    let imageBytes = configuration.imageSize * configuration.imageSize * 3
    precondition(
      pixels.count == imageCount * imageBytes,
      "\(pixels.count) bytes are not \(imageCount) images of \(imageBytes)")
    return run(imageCount: imageCount) { first, count, workspace in
      pixels.withUnsafeBufferPointer {
        network.loadImages($0.baseAddress! + first * imageBytes, count: count, workspace)
      }
    }
  }

  /// Runs the network on images that are normalised already.
  ///
  /// - Parameter values: (images, 3, size, size), row-major.
  public func predict(normalized values: [Float], imageCount: Int) -> RawPredictions {
    let imageValues = configuration.imageSize * configuration.imageSize * 3
    precondition(values.count == imageCount * imageValues)
    return run(imageCount: imageCount) { first, count, workspace in
      values.withUnsafeBufferPointer {
        network.loadImages(
          normalized: $0.baseAddress! + first * imageValues, count: count, workspace)
      }
    }
  }

  private func run(
    imageCount: Int, load: (_ first: Int, _ count: Int, Workspace) -> Void
  ) -> RawPredictions {
    var scores: [Float] = []
    let locations = output(columns: 4, imageCount) { locations in
      scores = output(columns: network.scoreCount, imageCount) { scores in
        workspace.withLock { held in
          let workspace = held.workspace
          for first in stride(from: 0, to: imageCount, by: Self.batchLimit) {
            let count = min(Self.batchLimit, imageCount - first)
            workspace.reserve(images: count)
            load(first, count, workspace)
            for layer in network.plan.layers.indices {
              network.run(
                layer: layer, images: count, workspace,
                locations: locations + first * network.priorCount * 4,
                scores: scores + first * network.priorCount * network.scoreCount)
            }
          }
        }
      }
    }
    return RawPredictions(imageCount: imageCount, locations: locations, scores: scores)
  }

  /// An array for a row of each prior of each image, filled by `body`.
  private func output(
    columns: Int, _ imageCount: Int, _ body: (UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    let count = imageCount * network.priorCount * columns
    guard count > 0 else { return [] }
    return [Float](unsafeUninitializedCapacity: count) { values, initialized in
      body(values.baseAddress!)
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
  ) -> NetworkProfile {
    precondition((1...Self.batchLimit).contains(imageCount) && repetitions > 0)
    let layers = network.plan.layers
    var times = layers.map { _ in [Double]() }
    let clock = ContinuousClock()
    workspace.withLock { held in
      let workspace = held.workspace
      workspace.reserve(images: imageCount)
      pixels.withUnsafeBufferPointer {
        network.loadImages($0.baseAddress!, count: imageCount, workspace)
      }
      _ = output(columns: 4, imageCount) { locations in
        _ = output(columns: network.scoreCount, imageCount) { scores in
          for repetition in 0...repetitions {
            for layer in layers.indices {
              let time = clock.measure {
                network.run(
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
