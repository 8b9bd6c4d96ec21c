import Evaluation
import Foundation
import MultiBox

/// Scored images as numbers, to be sent from rank to rank: of each image its width and height, the
/// number of detections and of objects, and then six numbers for each of these: class, score (of an
/// object whether it is difficult), and the box. Counts of this size are exact in 32 bits.
extension ScoredImage {
  /// The images of all ranks, in the order of ranks, on every one of them.
  static func gathered(
    _ images: [ScoredImage], classes: ClassList, over communicator: any Communicator
  ) throws -> [ScoredImage] {
    guard communicator.count > 1 else { return images }
    let names = images.map(\.id).joined(separator: "\n")
    let everybodysNames = try communicator.gathered(Data(names.utf8))
    let numbers = images.flatMap(\.numbers)
    let everybodysNumbers = try communicator.gathered(numbers.withUnsafeBytes { Data($0) })
    return zip(everybodysNames, everybodysNumbers).flatMap { names, numbers in
      let names = String(decoding: names, as: UTF8.self).split(separator: "\n")
      let numbers = numbers.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      var reader = NumberReader(numbers: numbers[...], classes: classes)
      return names.map { reader.image(named: String($0)) }
    }
  }

  private var numbers: [Float] {
    var numbers: [Float] = [width, height, detections.count, objects.count].map { Float($0) }
    func append(_ classIndex: Int, _ value: Float, _ box: BoundingBox) {
      numbers += [Float(classIndex), value, box.xMin, box.yMin, box.xMax, box.yMax]
    }
    for detection in detections { append(detection.classIndex, detection.score, detection.box) }
    for object in objects { append(object.classIndex, object.isDifficult ? 1 : 0, object.box) }
    return numbers
  }
}

/// Turns numbers back into images.
private struct NumberReader {
  var numbers: ArraySlice<Float>
  let classes: ClassList

  mutating func image(named name: String) -> ScoredImage {
    let head = take(4).map { Int($0) }
    return ScoredImage(
      id: name, width: head[0], height: head[1],
      detections: (0..<head[2]).map { _ in
        let (classIndex, score, box) = entry()
        return Detection(
          box: box, classIndex: classIndex, label: classes.labels[classIndex - 1], score: score)
      },
      objects: (0..<head[3]).map { _ in
        let (classIndex, isDifficult, box) = entry()
        return GroundTruthObject(box: box, classIndex: classIndex, isDifficult: isDifficult > 0)
      })
  }

  private mutating func entry() -> (classIndex: Int, value: Float, box: BoundingBox) {
    let values = take(6)
    return (
      Int(values[0]), values[1],
      BoundingBox(xMin: values[2], yMin: values[3], xMax: values[4], yMax: values[5])
    )
  }

  private mutating func take(_ count: Int) -> [Float] {
    defer { numbers = numbers.dropFirst(count) }
    return Array(numbers.prefix(count))
  }
}
