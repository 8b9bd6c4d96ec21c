import Dispatch
import Images
import Synchronization

extension Detector {
  /// Images in the network's size: bytes, (images, size, size, 3), red, green, blue.
  public func pixels(of images: [Image]) -> [UInt8] {
    let size = configuration.imageSize
    return pixels(count: images.count) { index, target in
      images[index].resize(width: size, height: size, into: target)
    }
  }

  /// Compressed pictures in the network's size: bytes, (pictures, size, size, 3), red, green, blue.
  ///
  /// - Throws: `ImageError` naming the first picture that cannot be decoded.
  public func pixels(of pictures: [EncodedImage]) throws(ImageError) -> [UInt8] {
    let size = configuration.imageSize
    let failure = Mutex<(index: Int, error: ImageError)?>(nil)
    let pixels = pixels(count: pictures.count) { index, target in
      do throws(ImageError) {
        try pictures[index].decode(width: size, height: size, into: target)
      } catch {
        failure.withLock { if index < $0?.index ?? .max { $0 = (index, error) } }
      }
    }
    if let (_, error) = failure.withLock({ $0 }) { throw error }
    return pixels
  }

  /// As many images' pixels, each filled in by `fill`, which several threads call at once.
  private func pixels(
    count: Int, fill: @Sendable (Int, UnsafeMutableBufferPointer<UInt8>) -> Void
  ) -> [UInt8] {
    let imageBytes = configuration.imageSize * configuration.imageSize * 3
    return [UInt8](unsafeUninitializedCapacity: count * imageBytes) { buffer, initialized in
      nonisolated(unsafe) let buffer = buffer
      DispatchQueue.concurrentPerform(iterations: count) { index in
        fill(
          index,
          UnsafeMutableBufferPointer(
            rebasing: buffer[index * imageBytes..<(index + 1) * imageBytes]))
      }
      initialized = count * imageBytes
    }
  }
}
