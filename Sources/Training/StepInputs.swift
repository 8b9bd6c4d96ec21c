import Datasets
import Foundation
import SSD
import Torch

/// What a step reads, at places that stay the same from step to step, as a CUDA graph wants it.
///
/// With CUDA graphs, copies go through a stream of their own, into one of two further places in turn:
/// while the GPU still computes with one batch, the next one arrives.
final class StepInputs {
  /// Bytes, (images, size, size, 3).
  let pixels: Tensor
  let objects: ObjectTensors
  /// Learning rate, weight of the averages' step, and the iteration, float32.
  let numbers: Tensor
  private let device: Device
  private let copies: Copies?

  init(_ batch: Batch, capacity: Int, on device: Device) {
    self.device = device
    let tensors = Self.tensors(batch, capacity: capacity, on: device)
    (pixels, objects, numbers) = (tensors[0], ObjectTensors(tensors), tensors[3])
    copies = device != .cpu && CUDA.hasGraphs ? Copies(tensors, on: device) : nil
  }

  private static func tensors(_ batch: Batch, capacity: Int, on device: Device) -> [Tensor] {
    [
      .zeros([batch.count, batch.size, batch.size, 3], type: .uint8, device: device),
      .zeros([batch.count, capacity, 4], device: device),
      .zeros([batch.count, capacity], type: .int64, device: device), .zeros([3], device: device),
    ]
  }

  /// Brings a batch to the device.
  ///
  /// - Parameter numbers: see the property.
  /// - Precondition: it has as many images as the first one.
  func load(_ batch: Batch, numbers: [Float]) {
    precondition(batch.count == pixels.shape[0], "a step of \(batch.count) images")
    let objects = ObjectTensors(batch.objects, capacity: self.objects.classes.shape[1])
    let sources = [
      batch.pixels.withUnsafeBytes {
        Tensor.staged($0, shape: pixels.shape, scalarType: .uint8)
      }, objects.boxes, objects.classes, .staged(numbers, shape: [numbers.count]),
    ]
    let targets = [pixels, self.objects.boxes, self.objects.classes, self.numbers]
    guard let copies else {
      for (target, source) in zip(targets, sources) { target.assignLater(source) }
      return
    }
    copies.send(sources, to: targets)
  }
}

extension ObjectTensors {
  fileprivate init(_ inputs: [Tensor]) { self.init(boxes: inputs[1], classes: inputs[2]) }
}

/// Copies that run beside the computation.
private final class Copies {
  private struct Place {
    let tensors: [Tensor]
    let arrived: CUDAEvent
    let taken: CUDAEvent
  }

  private let stream: CUDAStream
  private let places: [Place]
  private var number = 0

  init(_ tensors: [Tensor], on device: Device) {
    stream = CUDAStream(on: device)
    places = (0..<2).map { _ in
      Place(
        tensors: tensors.map { $0.zerosLike() }, arrived: CUDAEvent(on: device),
        taken: CUDAEvent(on: device))
    }
    CUDA.synchronize(device)
  }

  /// - Parameter targets: are written by the calling thread's stream.
  func send(_ sources: [Tensor], to targets: [Tensor]) {
    let place = places[number % places.count]
    // An event that was never recorded holds nothing back.
    stream.run {
      place.taken.holdBack()
      for (target, source) in zip(place.tensors, sources) { target.assignLater(source) }
      place.arrived.record()
    }
    place.arrived.holdBack()
    for (target, source) in zip(targets, place.tensors) { target.assign(source) }
    place.taken.record()
    number += 1
  }
}
