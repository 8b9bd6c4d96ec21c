import Datasets
import Foundation
import SSD
import Torch

/// What a step reads, at places that stay the same from step to step, as a CUDA graph wants it.
///
/// With CUDA graphs, copies go through a stream of their own, into one of two further places in turn:
/// while the GPU still computes with one batch, the next one arrives.
final class StepInputs {
  private let place: Place
  private let copies: Copies?

  init(_ batch: Batch, capacity: Int, on device: Device) {
    place = Place(for: batch, capacity: capacity, on: device)
    copies = device != .cpu && CUDA.hasGraphs ? Copies(to: place, on: device) : nil
  }

  /// Bytes, (images, size, size, 3).
  var pixels: Tensor { place.pixels }
  /// With room for as many objects in each image.
  var objects: ObjectTensors { place.objects }
  /// Learning rate, weight of the averages' step, and the iteration, float32.
  var numbers: Tensor { place.numbers }

  /// Brings a batch to the device.
  ///
  /// - Parameter numbers: see the property.
  /// - Precondition: it has as many images as the first one.
  func load(_ batch: Batch, numbers: [Float]) {
    precondition(batch.count == pixels.shape[0], "a step of \(batch.count) images")
    let source = Place(
      pixels: batch.pixels.withUnsafeBytes {
        Tensor.staged($0, shape: pixels.shape, scalarType: .uint8)
      },
      objects: ObjectTensors(batch.objects, capacity: objects.classes.shape[1]),
      numbers: .staged(numbers, shape: [numbers.count]))
    if let copies { copies.send(source) } else { place.assignLater(source) }
  }
}

/// A step's inputs in memory, the GPU's or the program's.
private struct Place {
  var pixels: Tensor
  var objects: ObjectTensors
  var numbers: Tensor

  private var tensors: [Tensor] { [pixels, objects.boxes, objects.classes, numbers] }

  func assign(_ other: Place) {
    for (target, source) in zip(tensors, other.tensors) { target.assign(source) }
  }

  func assignLater(_ other: Place) {
    for (target, source) in zip(tensors, other.tensors) { target.assignLater(source) }
  }
}

extension Place {
  /// Room for a batch.
  init(for batch: Batch, capacity: Int, on device: Device) {
    pixels = .zeros([batch.count, batch.size, batch.size, 3], type: .uint8, device: device)
    objects = ObjectTensors(
      boxes: .zeros([batch.count, capacity, 4], device: device),
      classes: .zeros([batch.count, capacity], type: .int64, device: device))
    numbers = .zeros([3], device: device)
  }

  /// As much room beside another place.
  init(like other: Place) {
    pixels = other.pixels.zerosLike()
    objects = ObjectTensors(
      boxes: other.objects.boxes.zerosLike(), classes: other.objects.classes.zerosLike())
    numbers = other.numbers.zerosLike()
  }
}

/// Copies that run beside the computation.
private final class Copies {
  private struct Stop {
    let place: Place
    let arrived: CUDAEvent
    let taken: CUDAEvent
  }

  private let target: Place
  private let stream: CUDAStream
  private let stops: [Stop]
  private var number = 0

  /// - Parameter target: is written by the stream of the thread that sends.
  init(to target: Place, on device: Device) {
    self.target = target
    stream = CUDAStream(on: device)
    stops = (0..<2).map { _ in
      Stop(
        place: Place(like: target), arrived: CUDAEvent(on: device), taken: CUDAEvent(on: device))
    }
    CUDA.synchronize(device)
  }

  func send(_ source: Place) {
    let stop = stops[number % stops.count]
    // An event that was never recorded holds nothing back.
    stream.run {
      stop.taken.holdBack()
      stop.place.assignLater(source)
      stop.arrived.record()
    }
    stop.arrived.holdBack()
    target.assign(stop.place)
    stop.taken.record()
    number += 1
  }
}
