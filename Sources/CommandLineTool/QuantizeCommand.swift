import ArgumentParser
import Evaluation
import Foundation
import Images
import Inference
import MultiBox
import TextTable
import Weights

struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize", abstract: "Make a model compute in bytes (int8), without training.",
    discussion: """
      Weights are rounded channel by channel, maps by the values that they have on the pictures of \
      --calibration: some hundred like those that the model is for. Maps that would cost too much \
      accuracy stay as they are, and are named. The result is a model like any other, a quarter of \
      the size; it is faster on processors that multiply bytes (VNNI) and not bfloat16. With --data, \
      average precision before and after is told, class by class.
      """)

  @Argument(help: "The model, of any known kind.")
  var model: String

  @Argument(help: "The file to write, OUT.safetensors.")
  var output: String

  @Option(help: "A folder of images to measure the maps' values on.")
  var calibration: String

  @Option(help: "The most images to take, spread over the folder.")
  var images = 200

  // The name of earlier releases.
  @Option(name: .customLong("pictures"), help: .hidden) var formerImages: Int?

  @Option(help: "The error that the raw outputs may have, as a fraction of them.")
  var tolerance: Float = 0.04

  @Option(help: "Annotated images to score both models on. \(DataSelection.help.abstract)")
  var data: String?

  @Option(help: "Threads of the network.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Replace the output if it exists.")
  var force = false

  mutating func validate() throws {
    images = formerImages ?? images
    guard images > 0 else { throw ValidationError("--images must be at least 1") }
    try ThreadCount.check(threads)
    guard tolerance > 0 else { throw ValidationError("--tolerance must be above 0") }
  }

  func run() throws {
    let target = try OutputFile(output, force: force).url
    guard target.pathExtension == "safetensors" else {
      throw CommandError("\(output): the name must end in .safetensors")
    }
    let source = try ImportedModel(contentsOf: URL(filePath: model))
    guard source.metadata[Quantization.metadataKey] == nil else {
      throw CommandError("\(model) is quantised already")
    }
    let images = try calibrationImages(size: source.configuration.imageSize)
    var line = ProgressLine()
    let quantized = try Quantizer(source, tolerance: tolerance, threads: threads)
      .quantize(calibratedWith: images) { done in
        line.show("measuring \(images.count) images: \(Int(100 * done)) %")
      }
    line.close()
    guard !quantized.quantization.ranges.isEmpty else {
      let error = String(format: "%.4f", quantized.error)
      throw CommandError(
        """
        nothing is written: no map in bytes fits --tolerance \(tolerance); without any, the outputs' \
        error is \(error)
        """)
    }
    try quantized.write(to: target)
    let bytes = try target.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    print(
      """
      \(output): \(formatted(bytes: bytes)), \(quantized.quantization.ranges.count) maps in bytes; error \
      of the outputs \(String(format: "%.2f", 100 * quantized.error)) %
      """)
    for map in quantized.keptMaps {
      let error = String(format: "%.2f", 100 * map.error)
      print("  kept in higher precision: \(map.name), which alone would cost \(error) %")
    }
    if let data { try compare(source, ImportedModel(contentsOf: target), on: data) }
  }

  /// Images of the folder in the network's size; those that cannot be read are named and left out.
  private func calibrationImages(size: Int) throws -> [Image] {
    let files = try ImageFiles.found([calibration])
    let step = max(1, files.count / images)
    let images = stride(from: 0, to: files.count, by: step).prefix(images).compactMap { index in
      do {
        return try Image(contentsOf: files[index]).resized(width: size, height: size)
      } catch {
        printError("left out: \(error)")
        return nil
      }
    }
    guard !images.isEmpty else { throw CommandError("no image of \(calibration) can be read") }
    return images
  }

  private func compare(_ before: ImportedModel, _ after: ImportedModel, on data: String) throws {
    let selection = try DataSelection(data, for: .scoring)
    func report(
      _ model: ImportedModel, _ precision: NativePredictor.Precision
    ) throws -> EvaluationReport {
      let predictor = try NativePredictor(model, precision: precision, threads: threads)
      return try ModelScoring(
        detector: Detector(predictor), settings: .evaluation, batchSize: 8
      ).report(on: selection)
    }
    let (exact, bytes) = (try report(before, .float32), try report(after, .int8))
    typealias Row = (label: String, before: Double?, after: Double?)
    let rows: [Row] =
      zip(exact.classes, bytes.classes).map { ($0.label, $0.voc07, $1.voc07) }
      + [("mean", exact.mean.voc07, bytes.mean.voc07)]
    func text(_ value: Double?, _ format: String) -> String {
      value.map { String(format: format, $0) } ?? ""
    }
    let table = TextTable<Row> { row in
      let change = row.before.flatMap { before in row.after.map { 100 * ($0 - before) } }
      return [
        Column(title: "AP (11-point)", value: row.label),
        Column(title: "float32", value: text(row.before, "%.4f"), align: .right),
        Column(title: "int8", value: text(row.after, "%.4f"), align: .right),
        Column(title: "points", value: text(change, "%+.2f"), align: .right),
      ]
    }
    print("\n" + (table.string(for: rows) ?? ""))
  }
}
