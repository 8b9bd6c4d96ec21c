import Foundation
import Images

/// Decoded pictures kept in memory from epoch to epoch, up to a limit.
///
/// Which pictures are kept is settled in advance, the first ones of the data set, and nothing is
/// ever thrown out: every epoch visits every picture once, so any choice is as good, and this one
/// makes the same batches whatever the number of workers and wherever a run is resumed.
public final class PictureCache: @unchecked Sendable {
  /// How many pictures of the data set, from the first one on, are kept once they were decoded.
  public let capacity: Int
  /// The bytes of pixels of all of them.
  public let byteCapacity: Int
  private let lock = NSLock()
  private var images: [Int: Image] = [:]

  /// A cache for a data set's pictures.
  /// - Parameters:
  ///   - dataset: The pictures that may be kept, the first ones first.
  ///   - byteLimit: The bytes of pixels that may be kept.
  public init(dataset: DetectionDataset, byteLimit: Int) {
    var bytes = 0
    var capacity = 0
    for image in dataset.images {
      let size = 3 * image.width * image.height
      guard bytes + size <= byteLimit else { break }
      bytes += size
      capacity += 1
    }
    self.capacity = capacity
    byteCapacity = bytes
  }

  /// How many pictures are kept at present.
  public var count: Int { lock.withLock { images.count } }

  /// The picture of an index of the data set, if it is kept.
  func image(at index: Int) -> Image? {
    index < capacity ? lock.withLock { images[index] } : nil
  }

  func keep(_ image: Image, at index: Int) {
    lock.withLock { images[index] = image }
  }
}
