import Images
import MultiBox

/// Makes samples of a data set: draws, decodes, renders.
///
/// Which sample comes out depends only on the settings, the seed, the epoch and the index.
struct SampleMaker {
  let dataset: DetectionDataset
  let augmentation: AugmentationConfiguration
  let seed: UInt64
  let epoch: Int
  let cache: PictureCache?
  let renderer: PictureRenderer

  /// The draw for a picture of the data set.
  func parameters(at index: Int) -> AugmentationParameters {
    var generator = SeededGenerator(
      seed: seed, stream: SampleStream.augmentation, UInt64(epoch), UInt64(index))
    let image = dataset[index]
    return AugmentationParameters.drawn(
      augmentation, width: image.width, height: image.height,
      boxes: trainedObjects(of: image).map { image.convention.zeroBased($0.box) },
      using: &generator)
  }

  /// Renders a picture of the data set and returns its objects.
  /// - Throws: ``DatasetProblem`` naming the picture that cannot be read.
  func make(
    at index: Int, into pixels: UnsafeMutableBufferPointer<UInt8>
  ) throws(DatasetProblem) -> [GroundTruthObject] {
    let image = dataset[index]
    let parameters = parameters(at: index)
    do {
      try render(image, at: index, parameters, into: pixels)
    } catch let error as ImageError {
      throw DatasetProblem(file: image.file, kind: .unreadableImage(error.explanation))
    } catch let error as DatasetProblem {
      throw error
    } catch {
      throw DatasetProblem(file: image.file, kind: .unreadableImage("\(error)"))
    }
    return trainedObjects(of: image).compactMap { object in
      let box = parameters.transformed(
        image.convention.zeroBased(object.box), convention: image.convention)
      guard let box, let classIndex = dataset.classes.index(of: object.label) else { return nil }
      return GroundTruthObject(box: box, classIndex: classIndex, isDifficult: object.isDifficult)
    }
  }

  private func trainedObjects(of image: AnnotatedImage) -> [AnnotatedObject] {
    image.objects.filter { !$0.isCrowd && (dataset.keepsDifficult || !$0.isDifficult) }
  }

  private func render(
    _ image: AnnotatedImage, at index: Int, _ parameters: AugmentationParameters,
    into pixels: UnsafeMutableBufferPointer<UInt8>
  ) throws {
    if let kept = cache?.image(at: index) {
      return renderer.render(kept, parameters, into: pixels)
    }
    let encoded = try EncodedImage(contentsOf: image.file)
    guard (encoded.width, encoded.height) == (image.width, image.height) else {
      throw DatasetProblem(
        file: image.annotationFile,
        kind: .sizeMismatch(
          annotated: PixelSize(width: image.width, height: image.height),
          picture: PixelSize(width: encoded.width, height: encoded.height)))
    }
    if let cache, index < cache.capacity {
      let decoded = try Image(encoded)
      cache.keep(decoded, at: index)
      renderer.render(decoded, parameters, into: pixels)
    } else {
      try renderer.render(encoded, parameters, into: pixels)
    }
  }
}

/// What the streams of random numbers are for.
enum SampleStream {
  static let order: UInt64 = 1
  static let augmentation: UInt64 = 2
  static let synthesis: UInt64 = 3
}
