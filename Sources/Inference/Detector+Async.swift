import Images
import MultiBox

// The calls of `Detector` for tasks. They run on threads of the detector's own, so that the threads
// of Swift's concurrency, of which there are as many as processors, stay free for others.
extension Detector {
  /// Finds the objects in one image, best first, without blocking a thread of Swift's concurrency.
  ///
  /// Parameters and result are those of the call without `await`.
  ///
  /// - Throws: `CancellationError` when the task is cancelled before the network has run; what the
  ///   engine throws.
  public func detect(
    in image: Image, minimumScore: Float = 0.2, iouThreshold: Float = 0.5, limit: Int = 200,
    excluding excludedLabels: Set<String> = [], nmsAcrossClasses: Bool = false
  ) async throws -> [Detection] {
    let settings = DetectionSettings(
      minimumScore: minimumScore, iouThreshold: iouThreshold, limit: limit,
      nmsAcrossClasses: nmsAcrossClasses)
    return try await detect(in: [image], settings: settings, excluding: excludedLabels)[0]
  }

  /// Finds the objects in one compressed image (JPEG, PNG or WebP), best first, without blocking a
  /// thread of Swift's concurrency.
  ///
  /// Parameters and result are those of the call without `await`.
  ///
  /// - Throws: `CancellationError` when the task is cancelled before the network has run;
  ///   `ImageError` when the image cannot be decoded; what the engine throws.
  public func detect(
    in image: EncodedImage, minimumScore: Float = 0.2, iouThreshold: Float = 0.5,
    limit: Int = 200, excluding excludedLabels: Set<String> = [], nmsAcrossClasses: Bool = false
  ) async throws -> [Detection] {
    let settings = DetectionSettings(
      minimumScore: minimumScore, iouThreshold: iouThreshold, limit: limit,
      nmsAcrossClasses: nmsAcrossClasses)
    return try await detect(in: [image], settings: settings, excluding: excludedLabels)[0]
  }

  /// Finds the objects in a batch of images, which run through the network together, without blocking
  /// a thread of Swift's concurrency.
  ///
  /// - Returns: the detections of each image, best first, in the order of the images.
  /// - Throws: `CancellationError` when the task is cancelled, which is looked for before every image
  ///   that is prepared, and before and after the network runs; what the engine throws.
  public func detect(
    in images: [Image], settings: DetectionSettings = .init(),
    excluding excludedLabels: Set<String> = []
  ) async throws -> [[Detection]] {
    try await queue.run { [self] cancellation in
      try detections(
        pixels: pixels(of: images, unless: cancellation), imageCount: images.count,
        settings: settings, excluding: excludedLabels, unless: cancellation)
    }
  }

  /// Finds the objects in a batch of compressed images, which run through the network together,
  /// without blocking a thread of Swift's concurrency.
  ///
  /// - Returns: the detections of each image, best first, in the order of the images.
  /// - Throws: `CancellationError` when the task is cancelled, which is looked for before every image
  ///   that is decoded, and before and after the network runs; `ImageError` naming the first image
  ///   that cannot be decoded; what the engine throws.
  public func detect(
    in images: [EncodedImage], settings: DetectionSettings = .init(),
    excluding excludedLabels: Set<String> = []
  ) async throws -> [[Detection]] {
    try await queue.run { [self] cancellation in
      try detections(
        pixels: pixels(of: images, unless: cancellation), imageCount: images.count,
        settings: settings, excluding: excludedLabels, unless: cancellation)
    }
  }

  /// Finds the objects in images that have the network's size already, without blocking a thread of
  /// Swift's concurrency.
  ///
  /// Parameters and result are those of the call without `await`.
  ///
  /// - Throws: `CancellationError` when the task is cancelled before or while the network runs; what
  ///   the engine throws.
  public func detect(
    inPixels pixels: [UInt8], imageCount: Int, settings: DetectionSettings = .init(),
    excluding excludedLabels: Set<String> = []
  ) async throws -> [[Detection]] {
    try await queue.run { [self] cancellation in
      try detections(
        pixels: pixels, imageCount: imageCount, settings: settings, excluding: excludedLabels,
        unless: cancellation)
    }
  }

  private func detections(
    pixels: [UInt8], imageCount: Int, settings: DetectionSettings,
    excluding excludedLabels: Set<String>, unless cancellation: Cancellation
  ) throws -> [[Detection]] {
    try cancellation.check()
    let predictions = try predictor.predict(pixels, imageCount: imageCount)
    try cancellation.check()
    return decoder.detections(predictions, settings: settings, excluding: excludedLabels)
  }
}
