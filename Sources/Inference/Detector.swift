import Images
import MultiBox

/// Finds objects in images: preparation, network, and non-maximum suppression (NMS) in one call.
///
/// ```swift
/// let detector = try Detector(contentsOf: model)
/// for detection in try detector.detect(in: EncodedImage(data: jpeg), minimumScore: 0.4) {
///   print(detection.label, detection.score, detection.box)
/// }
/// ```
///
/// Every call exists twice. Where nothing is awaited it runs on the calling thread; with `await` it
/// runs on threads of the detector's own, and gives the same result. A detector may be used by any
/// number of threads and tasks at once.
public final class Detector: Sendable {
  let predictor: any Predictor
  let decoder: PredictionDecoder
  /// The threads that `async` calls run on.
  let queue = DetectionQueue()

  /// The description of the network.
  public var configuration: SSDConfiguration { predictor.configuration }

  /// A detector on this engine.
  public init(_ predictor: any Predictor) {
    self.predictor = predictor
    decoder = PredictionDecoder(predictor.configuration)
  }

  /// Finds the objects in one image, best first.
  ///
  /// - Parameters:
  ///   - image: an image of any size.
  ///   - minimumScore: the softmax score that a class needs to exceed, 0...1.
  ///   - iouThreshold: the intersection over union (IoU), 0...1, above which the lesser of two boxes
  ///     is dropped.
  ///   - limit: the most detections, over all classes.
  ///   - excludedLabels: the labels of classes to leave out.
  ///   - nmsAcrossClasses: whether boxes of other classes are dropped too (class-agnostic NMS).
  /// - Returns: detections whose boxes are in fractional boundary coordinates.
  /// - Throws: what the engine throws.
  public func detect(
    in image: Image, minimumScore: Float = 0.2, iouThreshold: Float = 0.5, limit: Int = 200,
    excluding excludedLabels: Set<String> = [], nmsAcrossClasses: Bool = false
  ) throws -> [Detection] {
    let settings = DetectionSettings(
      minimumScore: minimumScore, iouThreshold: iouThreshold, limit: limit,
      nmsAcrossClasses: nmsAcrossClasses)
    return try detect(in: [image], settings: settings, excluding: excludedLabels)[0]
  }

  /// Finds the objects in one compressed image (JPEG, PNG or WebP), best first.
  ///
  /// Large photographs are reduced while they are decoded (see
  /// ``/Images/EncodedImage/decode(width:height:into:)``), so that they cost less than by way of
  /// ``/Images/Image``.
  ///
  /// - Parameters:
  ///   - image: an image of any size.
  ///   - minimumScore: the softmax score that a class needs to exceed, 0...1.
  ///   - iouThreshold: the intersection over union (IoU), 0...1, above which the lesser of two boxes
  ///     is dropped.
  ///   - limit: the most detections, over all classes.
  ///   - excludedLabels: the labels of classes to leave out.
  ///   - nmsAcrossClasses: whether boxes of other classes are dropped too (class-agnostic NMS).
  /// - Returns: detections whose boxes are in fractional boundary coordinates.
  /// - Throws: `ImageError` when the image cannot be decoded, or what the engine throws.
  public func detect(
    in image: EncodedImage, minimumScore: Float = 0.2, iouThreshold: Float = 0.5,
    limit: Int = 200, excluding excludedLabels: Set<String> = [], nmsAcrossClasses: Bool = false
  ) throws -> [Detection] {
    let settings = DetectionSettings(
      minimumScore: minimumScore, iouThreshold: iouThreshold, limit: limit,
      nmsAcrossClasses: nmsAcrossClasses)
    return try detect(in: [image], settings: settings, excluding: excludedLabels)[0]
  }

  /// Finds the objects in a batch of images, which run through the network together.
  ///
  /// - Returns: the detections of each image, best first, in the order of the images.
  /// - Throws: what the engine throws.
  public func detect(
    in images: [Image], settings: DetectionSettings = .init(),
    excluding excludedLabels: Set<String> = []
  ) throws -> [[Detection]] {
    try detect(
      inPixels: pixels(of: images), imageCount: images.count, settings: settings,
      excluding: excludedLabels)
  }

  /// Finds the objects in a batch of compressed images, which run through the network together.
  ///
  /// - Returns: the detections of each image, best first, in the order of the images.
  /// - Throws: `ImageError` naming the first image that cannot be decoded, or what the engine throws.
  public func detect(
    in images: [EncodedImage], settings: DetectionSettings = .init(),
    excluding excludedLabels: Set<String> = []
  ) throws -> [[Detection]] {
    try detect(
      inPixels: pixels(of: images), imageCount: images.count, settings: settings,
      excluding: excludedLabels)
  }

  /// Finds the objects in images that have the network's size already.
  ///
  /// - Parameters:
  ///   - pixels: bytes 0...255, (images, size, size, 3), red, green, blue, where size is the
  ///     configuration's `imageSize`.
  ///   - imageCount: the number of images.
  ///   - settings: what counts as a detection.
  ///   - excludedLabels: the labels of classes to leave out.
  /// - Returns: the detections of each image, best first, in the order of the images.
  /// - Throws: what the engine throws.
  public func detect(
    inPixels pixels: [UInt8], imageCount: Int, settings: DetectionSettings = .init(),
    excluding excludedLabels: Set<String> = []
  ) throws -> [[Detection]] {
    decoder.detections(
      try predictor.predict(pixels, imageCount: imageCount), settings: settings,
      excluding: excludedLabels)
  }
}
