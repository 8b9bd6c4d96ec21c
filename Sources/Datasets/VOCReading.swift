import Foundation
import Images
import MultiBox

/// What folders in Pascal VOC's layout hold, and which of their files could not be read.
struct VOCReading: Sendable {
  var images: [AnnotatedImage] = []
  var problems: [DatasetProblem] = []
  /// Pictures whose annotation could not be read.
  var unreadableCount = 0

  /// - Throws: ``DatasetProblem`` when a folder or a list is missing, or a list is empty.
  init(_ sources: [DatasetSource]) throws(DatasetProblem) {
    for source in sources {
      let ids = try source.imageIDs()
      let listFile =
        source.split.map { source.listFolder.appending(path: $0 + ".txt") }
        ?? source.annotationFolder
      var seen: Set<String> = []
      var unique: [String] = []
      for id in ids {
        if seen.insert(id).inserted {
          unique.append(id)
        } else {
          problems.append(DatasetProblem(file: listFile, kind: .duplicateImage(id: id)))
        }
      }
      for reading in inParallel(unique, { Self.image($0, of: source) }) {
        switch reading {
        case .success(let image): images.append(image)
        case .failure(let problem):
          problems.append(problem)
          unreadableCount += 1
        }
      }
    }
  }

  private static func image(
    _ id: String, of source: DatasetSource
  ) -> Result<AnnotatedImage, DatasetProblem> {
    let annotationFile = source.annotationFile(of: id)
    let imageFile = source.imageFile(of: id)
    return Result { () throws(DatasetProblem) in
      let annotation = try VOCAnnotation(contentsOf: annotationFile)
      let size: PixelSize
      if let annotated = annotation.size {
        size = annotated
      } else {
        size = try pictureSize(imageFile)
      }
      return AnnotatedImage(
        id: id, file: imageFile, annotationFile: annotationFile, width: size.width,
        height: size.height, convention: .fromOne, objects: annotation.objects)
    }
  }
}

/// The size that a picture's header tells.
func pictureSize(_ file: URL) throws(DatasetProblem) -> PixelSize {
  guard FileManager.default.fileExists(atPath: file.path) else {
    throw DatasetProblem(file: file, kind: .missingImage)
  }
  do {
    let size = try Image.size(ofFile: file)
    return PixelSize(width: size.width, height: size.height)
  } catch {
    throw DatasetProblem(file: file, kind: .unreadableImage(error.explanation))
  }
}

/// The results for all elements in their order, computed on all cores.
func inParallel<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ transform: @Sendable (Element) -> Result
) -> [Result] {
  let chunk = 16
  let chunks = (elements.count + chunk - 1) / chunk
  return [Result](unsafeUninitializedCapacity: elements.count) { buffer, count in
    nonisolated(unsafe) let results = buffer
    DispatchQueue.concurrentPerform(iterations: chunks) { index in
      for element in index * chunk..<min((index + 1) * chunk, elements.count) {
        results.initializeElement(at: element, to: transform(elements[element]))
      }
    }
    count = elements.count
  }
}

extension ImageError {
  /// What is wrong, without the file's name, which the problem already gives.
  var explanation: String { String(ImageError(file: "", reason: reason).description.dropFirst(2)) }
}
