internal import CKernels

/// Threads that run kernels, one call at a time.
final class KernelThreads: @unchecked Sendable {
  let pointer: OpaquePointer
  let count: Int

  init(count: Int) {
    self.count = count
    pointer = ck_threads_create(Int32(count))
  }

  deinit { ck_threads_destroy(pointer) }
}

/// What a run of a network writes: images, maps, and the layers' own scratch. Kept from run to run;
/// it grows when a larger batch comes.
final class Workspace {
  let threads: KernelThreads
  private let network: NativeNetwork
  private var imageCount = 0
  private var memory: UnsafeMutableRawPointer?
  private var mapsOffset = 0
  private var scratchOffset = 0
  /// What was allocated, in bytes.
  private(set) var byteCount = 0

  init(_ network: NativeNetwork, threads: KernelThreads) {
    self.network = network
    self.threads = threads
  }

  deinit { if let memory { ck_free(memory, byteCount) } }

  /// Makes room for that many images.
  func reserve(images: Int) {
    guard images > imageCount else { return }
    if let memory { ck_free(memory, byteCount) }
    var image = network.image
    let imageBytes = ck_image_bytes(&image)
    let scratch = network.scratchByteCount(images: images, threads: threads.count)
    mapsOffset = pages(imageBytes * images)
    scratchOffset = mapsOffset + pages(network.memory.byteCount * images)
    byteCount = scratchOffset + pages(scratch)
    memory = ck_allocate(byteCount)
    imageCount = images
  }

  private func pages(_ bytes: Int) -> Int { (bytes + 4095) / 4096 * 4096 }

  /// Where the images lie.
  var images: UnsafeMutableRawPointer { memory! }
  /// Where a layer's scratch lies.
  var scratch: UnsafeMutableRawPointer { memory! + scratchOffset }
  /// Where a map lies, of all images that there is room for.
  func map(_ index: Int) -> UnsafeMutableRawPointer {
    memory! + mapsOffset + network.memory.offsets[index] * imageCount
  }
}
