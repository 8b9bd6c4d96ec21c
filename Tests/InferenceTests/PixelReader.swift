import Inference
import MultiBox
import Synchronization
import Testing

/// An engine without a network: each image's middle pixel says which prior sees which class.
///
/// Red is the prior's number in the last map but one, green the class, or 3 for both with the second
/// class a little ahead; blue 255 breaks the engine.
final class PixelReader: Predictor {
  struct Broken: Error {}

  let configuration = SSDConfiguration.ssd300(classes: ClassList(["cat", "dog"]))
  let batchSizes = Mutex<[Int]>([])

  func predict(_ pixels: [UInt8], imageCount: Int) throws -> RawPredictions {
    batchSizes.withLock { $0.append(imageCount) }
    let imageBytes = 300 * 300 * 3
    #expect(pixels.count == imageCount * imageBytes)
    var logits = [Float](repeating: 0, count: imageCount * 8732 * 3)
    for image in 0..<imageCount {
      let middle = image * imageBytes + (150 * 300 + 150) * 3
      if pixels[middle + 2] == 255 { throw Broken() }
      for prior in 0..<8732 { logits[(image * 8732 + prior) * 3] = 20 }
      let row = (image * 8732 + Self.firstPrior + Int(pixels[middle])) * 3
      logits[row] = 0
      if pixels[middle + 1] == 3 {
        (logits[row + 1], logits[row + 2]) = (20, 20.1)
      } else {
        logits[row + Int(pixels[middle + 1])] = 20
      }
    }
    return RawPredictions(
      imageCount: imageCount, offsets: [Float](repeating: 0, count: imageCount * 8732 * 4),
      logits: logits)
  }

  /// The first prior of conv10_2.
  static let firstPrior = 5776 + 2166 + 600 + 150
}
