import Dispatch
import Images
import Synchronization

extension Detector {
  /// Images in the network's size: bytes 0...255, (images, size, size, 3), red, green, blue.
  public func pixels(of images: [Image]) -> [UInt8] { pixels(of: images, unless: nil) }

  /// Compressed images in the network's size: bytes 0...255, (images, size, size, 3), red, green,
  /// blue.
  ///
  /// - Throws: `ImageError` naming the first image that cannot be decoded.
  public func pixels(of images: [EncodedImage]) throws(ImageError) -> [UInt8] {
    try pixels(of: images, unless: nil)
  }

  /// The same, where images stay black once the caller is gone.
  func pixels(of images: [Image], unless cancellation: Cancellation?) -> [UInt8] {
    let size = configuration.imageSize
    return pixels(count: images.count, unless: cancellation) { index, target in
      images[index].resize(width: size, height: size, into: target)
    }
  }

  /// The same, where images stay black once the caller is gone.
  func pixels(
    of images: [EncodedImage], unless cancellation: Cancellation?
  ) throws(ImageError) -> [UInt8] {
    let size = configuration.imageSize
    let failure = Mutex<(index: Int, error: ImageError)?>(nil)
    let pixels = pixels(count: images.count, unless: cancellation) { index, target in
      do throws(ImageError) {
        try images[index].decode(width: size, height: size, into: target)
      } catch {
        failure.withLock { if index < $0?.index ?? .max { $0 = (index, error) } }
      }
    }
    if let (_, error) = failure.withLock({ $0 }) { throw error }
    return pixels
  }

  /// As many images' pixels, each filled in by `fill`, which several threads call at once.
  private func pixels(
    count: Int, unless cancellation: Cancellation?,
    fill: @Sendable (Int, UnsafeMutableBufferPointer<UInt8>) -> Void
  ) -> [UInt8] {
    let imageBytes = configuration.imageSize * configuration.imageSize * 3
    return [UInt8](unsafeUninitializedCapacity: count * imageBytes) { buffer, initialized in
      nonisolated(unsafe) let buffer = buffer
      DispatchQueue.concurrentPerform(iterations: count) { index in
        let target = UnsafeMutableBufferPointer(
          rebasing: buffer[index * imageBytes..<(index + 1) * imageBytes])
        if cancellation?.isCancelled == true {
          target.initialize(repeating: 0)
        } else {
          fill(index, target)
        }
      }
      initialized = count * imageBytes
    }
  }
}
