import Foundation
import Inference
import MultiBox
import Torch

/// A network on a GPU, run for batches of pixels: one copy there, one copy back, and all operators in
/// one CUDA graph for each batch size.
///
/// One caller at a time; others wait.
final class DeviceNetwork: @unchecked Sendable {
  private let network: SSDNetwork
  private let autocast: ScalarType?
  private let stream: CUDAStream?
  private let lock = NSLock()
  // What follows is guarded by the lock.
  private var batches: [Int: Batch] = [:]

  /// What stays for a batch size.
  private final class Batch {
    let pixels: Tensor
    let result: Tensor
    /// In memory that the GPU writes to.
    let copy: Tensor
    let work = ReplayedWork()

    init(count: Int, network: SSDNetwork) {
      let configuration = network.configuration
      let size = configuration.imageSize
      let priors = configuration.priorCount
      pixels = .zeros([count, size, size, 3], type: .uint8, device: network.device)
      result = .zeros([count * priors * (4 + configuration.scoreCount)], device: network.device)
      copy = .staged([Float](repeating: 0, count: result.count), shape: result.shape)
    }
  }

  init(_ network: SSDNetwork, autocast: ScalarType?) {
    self.network = network
    self.autocast = autocast
    stream = CUDA.hasGraphs && network.device != .cpu ? CUDAStream(on: network.device) : nil
    CUDA.synchronize(network.device)
    Runtime.setAlgorithmSearch(true)
  }

  /// - Parameter pixels: (images, size, size, 3).
  func predict(_ pixels: [UInt8], imageCount: Int) -> RawPredictions {
    lock.withLock {
      let count = batchSize(for: imageCount)
      let batch = batch(of: count)
      let shape = [imageCount] + batch.pixels.shape.dropFirst()
      let source = pixels.withUnsafeBytes { Tensor.staged($0, shape: shape, scalarType: .uint8) }
      guard let stream else {
        batch.pixels.sliced(0..<imageCount).assignLater(source)
        compute(batch)
        batch.copy.assign(batch.result)
        return predictions(batch, imageCount: imageCount, of: count)
      }
      stream.run {
        batch.pixels.sliced(0..<imageCount).assignLater(source)
        batch.work.run(besides: batches.values.map(\.work)) { compute(batch) }
        batch.copy.assignLater(batch.result)
      }
      CUDA.synchronize(network.device)
      return predictions(batch, imageCount: imageCount, of: count)
    }
  }

  private func batch(of count: Int) -> Batch {
    if let batch = batches[count] { return batch }
    let batch = Batch(count: count, network: network)
    batches[count] = batch
    // Its tensors are filled on the default stream, for which no other waits.
    if stream != nil { CUDA.synchronize(network.device) }
    return batch
  }

  /// The last batch of a folder is smaller than the others: rather than prepare another graph for it, it
  /// goes through the one that is there.
  private func batchSize(for imageCount: Int) -> Int {
    batches.keys.filter { imageCount...2 * imageCount ~= $0 }.min() ?? imageCount
  }

  private func compute(_ batch: Batch) {
    withoutGradients {
      let (locations, scores) = withAutocast(autocast, on: network.device) {
        network(network.normalized(batch.pixels))
      }
      batch.result.assign(
        Tensor.concatenated([locations.reshaped([-1]), scores.reshaped([-1])], along: 0))
    }
  }

  private func predictions(_ batch: Batch, imageCount: Int, of count: Int) -> RawPredictions {
    let width = network.configuration.scoreCount
    let priors = batch.result.count / count / (4 + width)
    return batch.copy.withElements(of: Float.self) { values in
      func part(from start: Int, width: Int) -> [Float] {
        copied(UnsafeBufferPointer(rebasing: values[start..<start + imageCount * priors * width]))
      }
      return RawPredictions(
        imageCount: imageCount, offsets: part(from: 0, width: 4),
        logits: part(from: count * priors * 4, width: width))
    }
  }

  /// The numbers in an array. One thread would take as long to copy a large batch as the GPU takes to
  /// compute it.
  private func copied(_ source: UnsafeBufferPointer<Float>) -> [Float] {
    let chunk = 1 << 18
    nonisolated(unsafe) let source = source
    return [Float](unsafeUninitializedCapacity: source.count) { target, initialized in
      nonisolated(unsafe) let target = target
      DispatchQueue.concurrentPerform(iterations: (source.count + chunk - 1) / chunk) { index in
        let range = index * chunk..<min((index + 1) * chunk, source.count)
        _ = UnsafeMutableBufferPointer(rebasing: target[range])
          .update(fromContentsOf: source[range])
      }
      initialized = source.count
    }
  }
}
