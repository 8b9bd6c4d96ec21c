import MultiBox
import Torch

/// The objects of a batch as tensors whose shape does not depend on how many there are in which image:
/// rows without an object have the class 0.
public struct ObjectTensors: Sendable {
  /// Fractional boundary coordinates, (images, capacity, 4), float32.
  public let boxes: Tensor
  /// Class indices, (images, capacity), int64; 0 is no object.
  public let classes: Tensor

  /// Tensors of the caller.
  public init(boxes: Tensor, classes: Tensor) {
    precondition(
      boxes.shape == classes.shape + [4], "boxes \(boxes) do not fit the classes \(classes)")
    self.boxes = boxes
    self.classes = classes
  }

  /// Tensors in memory that a GPU can read.
  ///
  /// - Precondition: no image has more objects than `capacity`.
  public init(_ images: [[GroundTruthObject]], capacity: Int) {
    var boxes = [Float](repeating: 0, count: images.count * capacity * 4)
    var classes = [Int64](repeating: 0, count: images.count * capacity)
    for (image, objects) in images.enumerated() {
      precondition(objects.count <= capacity, "\(objects.count) objects in room for \(capacity)")
      for (place, object) in objects.enumerated() {
        let row = image * capacity + place
        classes[row] = Int64(object.classIndex)
        boxes.replaceSubrange(
          row * 4..<row * 4 + 4,
          with: [object.box.xMin, object.box.yMin, object.box.xMax, object.box.yMax])
      }
    }
    self.boxes = .staged(boxes, shape: [images.count, capacity, 4])
    self.classes = .staged(classes, shape: [images.count, capacity])
  }

  /// Room for the objects of these images: 8, or the next power of two. So few sizes occur in a run,
  /// and none is too small.
  public static func capacity(for images: [[GroundTruthObject]]) -> Int {
    let most = images.lazy.map(\.count).max() ?? 0
    var capacity = 8
    while capacity < most { capacity *= 2 }
    return capacity
  }

  /// A range of the images.
  public subscript(images: Range<Int>) -> ObjectTensors {
    ObjectTensors(boxes: boxes.sliced(images), classes: classes.sliced(images))
  }
}
