import ArgumentParser
import Datasets
import Foundation
import Images
import Inference
import MultiBox

struct DataShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Draw annotated images with their boxes on a contact sheet.",
    discussion: """
      Without --image, images are sampled over the whole set; --page goes through all of them in order.
        ssd data show MyPictures
        ssd data show VOC2007/test --images 40 --page 3 --output page3.jpg
      """)

  @Argument(help: DataSelection.help)
  var data: String

  @Option(name: .shortAndLong, help: "The sheet to write: PNG, JPEG, WebP or SVG.")
  var output = "sheet.png"

  @Option(help: "Images on the sheet.")
  var images = 20

  @Option(help: "An image by its name, instead of a sample; may be repeated.")
  var image: [String] = []

  @Option(help: "Show so many images after another, from this page on (1 is the first).")
  var page: Int?

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp("Only images with an object of this class.", valueName: "class"))
  var label: String?

  @Option(help: "Images in a row.")
  var columns: Int?

  @Option(help: "The same seed gives the same sample.")
  var seed: UInt64 = 0

  mutating func validate() throws {
    guard (1...400).contains(images) else { throw ValidationError("--images must be 1 to 400") }
    guard page ?? 1 > 0, columns ?? 1 > 0 else {
      throw ValidationError("--page and --columns must be at least 1")
    }
    guard image.isEmpty || page == nil else {
      throw ValidationError("--image and --page exclude each other")
    }
    try PictureName.check(output)
  }

  func run() throws {
    let selection = try DataSelection(data, for: .training)
    let dataset = try selection.dataset()
    let indices = try chosen(from: dataset, named: "\(selection)")
    var entries: [ContactSheet.Entry] = []
    var line = ProgressLine()
    for (number, index) in indices.enumerated() {
      entries.append(try entry(dataset, index))
      line.show("\(number + 1) of \(indices.count) images")
    }
    line.close()
    let objects = indices.reduce(0) { $0 + dataset.groundTruth(at: $1).count }
    try ContactSheet(
      title: "\(selection)",
      subtitle: """
        \(indices.count) of \(dataset.count) images, \(objects) objects of \(dataset.objectCount), \
        \(dataset.classes.count) classes
        """,
      keys: dataset.classes.keys(
        of: Set(indices.flatMap { dataset.groundTruth(at: $0).map(\.classIndex) })),
      entries: entries, columns: columns
    ).canvas.write(to: URL(filePath: output))
    print("\(indices.count) images, \(objects) objects -> \(output)")
  }

  private func chosen(from dataset: DetectionDataset, named name: String) throws -> [Int] {
    if !image.isEmpty {
      return try image.map { wanted in
        guard let index = (0..<dataset.count).first(where: { dataset[$0].id == wanted }) else {
          throw CommandError("\(name) has no image `\(wanted)`")
        }
        return index
      }
    }
    var candidates = Array(0..<dataset.count)
    if let label {
      guard let classIndex = dataset.classes.index(of: label) else {
        throw CommandError(
          """
          \(name) has no class `\(label)`; it has \
          \(dataset.classes.labels.joined(separator: ", "))
          """)
      }
      candidates.removeAll { index in
        !dataset.groundTruth(at: index).contains { $0.classIndex == classIndex }
      }
      guard !candidates.isEmpty else { throw CommandError("\(name) has no object `\(label)`") }
    }
    if let page {
      let pages = (candidates.count + images - 1) / images
      guard page <= pages else {
        throw CommandError("\(name) has \(pages) pages of \(images) images, not \(page)")
      }
      return Array(candidates.dropFirst((page - 1) * images).prefix(images))
    }
    var generator = SeededGenerator(seed: seed)
    return Array(generator.shuffled(candidates).prefix(images)).sorted()
  }

  /// Boxes are drawn on a picture of about the size that it will be shown in, so that their lines have
  /// the thickness they should.
  private func entry(_ dataset: DetectionDataset, _ index: Int) throws -> ContactSheet.Entry {
    let whole = try Image(contentsOf: dataset[index].file)
    let scale = min(1, 560 / Double(whole.width), 420 / Double(whole.height))
    let image = whole.resized(
      width: max(1, Int((Double(whole.width) * scale).rounded())),
      height: max(1, Int((Double(whole.height) * scale).rounded())))
    let boxes = dataset.groundTruth(at: index).map { object in
      LabeledBox(
        rectangle: Rectangle(object.box.pixels(width: image.width, height: image.height)),
        text: dataset.classes.label(at: object.classIndex)
          + (object.isDifficult ? " (difficult)" : ""),
        color: .distinct(object.classIndex - 1, of: dataset.classes.count),
        dashes: object.isDifficult ? [4, 3] : [])
    }
    // A crowd of plates would hide the objects themselves.
    let isCrowded = boxes.count > 12
    let painted = try BoxPainter(lineWidth: 2.5, fontSize: 16).paint(
      isCrowded
        ? boxes.map {
          LabeledBox(rectangle: $0.rectangle, text: "", color: $0.color, dashes: $0.dashes)
        }
        : boxes, on: image)
    return ContactSheet.Entry(
      image: painted, caption: "\(dataset[index].id)  ·  \(boxes.count)")
  }
}
