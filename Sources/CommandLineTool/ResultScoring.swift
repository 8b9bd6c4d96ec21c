import Datasets
import Evaluation
import Foundation
import MultiBox

/// Scores detections that somebody wrote into Pascal VOC's result files.
enum ResultScoring {
  /// - Parameters:
  ///   - folder: holds `comp4_det_SPLIT_CLASS.txt`.
  ///   - selection: the images; the files are named after its list.
  static func report(folder: URL, on selection: DataSelection) throws -> EvaluationReport {
    let (dataset, images) = try images(folder: folder, on: selection)
    var evaluator = DetectionEvaluator(classes: dataset.classes)
    for image in images {
      evaluator.add(pixelDetections: image.detections, objects: image.objects)
    }
    return evaluator.report()
  }

  /// The images of the selection with what the files say was found in them.
  static func images(
    folder: URL, on selection: DataSelection
  ) throws -> (dataset: DetectionDataset, images: [ScoredImage]) {
    let dataset = try selection.dataset()
    let results = try VOCResults(
      contentsOf: folder, split: try fileSplit(in: folder, preferring: selection.listName),
      classes: dataset.classes, images: Set(dataset.images.map(\.id)))
    if !results.missingClasses.isEmpty {
      printError("no result file for: \(results.missingClasses.joined(separator: ", "))")
    }
    let images = dataset.images.enumerated().map { index, image in
      ScoredImage(
        id: image.id, width: image.width, height: image.height,
        detections: results.detections[image.id] ?? [],
        objects: dataset.groundTruth(at: index).map { object in
          var object = object
          object.box = object.box.pixels(width: image.width, height: image.height)
          return object
        })
    }
    return (dataset, images)
  }

  /// The split in the files' names: the list's, or the only other one there is, which is said.
  private static func fileSplit(in folder: URL, preferring split: String) throws -> String {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw CommandError("there is no folder \(folder.path)")
    }
    let splits = Set(
      names.compactMap { name in
        let parts = name.split(separator: "_", maxSplits: 3)
        return name.hasPrefix("comp4_det_") && parts.count == 4 ? String(parts[2]) : nil
      })
    if splits.contains(split) || splits.count != 1 { return split }
    let only = splits.first!
    printError("the result files are named after `\(only)`; they are scored against `\(split)`")
    return only
  }
}
