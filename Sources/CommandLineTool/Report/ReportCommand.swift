import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Images
import MultiBox
import Report
import Weights

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show what a model does and what it does wrong: one HTML page.",
    usage: """
      ssd report <run or model> --data <data> [--output report.html]
      ssd report --results DIR --data <data> [--output report.html]
      """,
    discussion: """
      Scores the model on annotated images, measures its speed, and writes one file that any browser \
      shows without network: curves of the training, average precision, precision and recall, confusion, \
      what each kind of error costs, the worst mistakes, calibration, sizes, speed, data, settings.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run's folder (its best model is taken), or a model.", valueName: "run or model"))
  var subject: String?

  @Option(help: DataSelection.help)
  var data: String

  @Option(help: "The list of images (default: test, or val).")
  var split: String?

  @Option(name: .shortAndLong, help: "The page.")
  var output = "report.html"

  @Option(help: "Report on these detections instead: a folder of VOC result files.")
  var results: String?

  @Option(
    help: """
      The score from which detections count as claimed, in the confusion matrix and among the mistakes \
      (default: the one with the best balance of precision and recall).
      """)
  var score: Float?

  @Option(help: "The most mistakes to show.")
  var mistakes = 24

  @Option(help: "Score only the first so many images.")
  var images: Int?

  @OptionGroup(title: "Machine") var machine: InferenceOptions

  mutating func validate() throws {
    guard (subject == nil) != (results == nil) else {
      throw ValidationError("name a run or a model, or --results")
    }
    if let score, !(0...1).contains(score) {
      throw ValidationError("--score must be from 0 to 1")
    }
    guard mistakes >= 0 else { throw ValidationError("--mistakes must not be negative") }
    if let images, images < 1 { throw ValidationError("--images must be at least 1") }
  }

  func run() throws {
    let page = URL(filePath: output)
    try OutputPlace.check(output)
    let selection = try DataSelection(data, for: .scoring, split: split)
    var contents =
      if let subject {
        try modelContents(of: subject, on: selection)
      } else {
        try resultContents(on: selection)
      }
    contents.minimumScore = score
    contents.mistakeLimit = mistakes
    let report = ReportPage(contents)
    let html = Data(report.html().utf8)
    try AtomicFile.write(html, to: page)
    let means = report.findings.report.mean
    let precision = means.voc07.map { String(format: "%.4f", $0) } ?? "not measurable"
    print("\(output): \(formatted(bytes: html.count)), mAP \(precision)")
  }

  private func modelContents(of path: String, on selection: DataSelection) throws -> ReportContents
  {
    let subject = try ReportSubject(path)
    let network = subject.model.configuration
    var dataset = try selection.dataset(classes: network.classes)
    if let images { dataset = dataset.prefix(images) }
    let predictor = try machine.predictor(subject.model)
    let settings = DetectionSettings.evaluation
    let (images, times) = try TimedScoring(predictor: predictor, settings: settings)
      .scored(dataset)

    var contents = contents(
      title: "\(network.name) on \(selection)", of: "model \(place(of: subject.model.url))",
      dataset, images, engine: machine.description(of: predictor))
    contents.history = subject.history
    contents.notices = subject.notices + subject.model.notes
    contents.network = network
    contents.settings =
      subject.settings + [
        SettingsGroup(
          title: "detection",
          entries: [
            .init("minimum score", "\(settings.minimumScore)"),
            .init("maximum overlap", "\(settings.iouThreshold)"),
            .init("most detections", "\(settings.limit)"),
          ])
      ]
    contents.timings = [
      ("pre-processing", times.preprocessing, false), ("network", times.network, false),
      ("post-processing", times.postprocessing, false), ("all steps", times.total, true),
    ].map { name, timings, isTotal in
      ReportContents.StepTiming(
        name: name, median: timings.percentile(0.5), percentile95: timings.percentile(0.95),
        isTotal: isTotal)
    }
    return contents
  }

  private func resultContents(on selection: DataSelection) throws -> ReportContents {
    let folder = URL(filePath: results ?? "")
    var (dataset, images) = try ResultScoring.images(folder: folder, on: selection)
    if let limit = self.images {
      dataset = dataset.prefix(limit)
      images = Array(images.prefix(limit))
    }
    return contents(
      title: "\(folder.lastPathComponent) on \(selection)",
      of: "result files in \(folder.lastPathComponent)", dataset, images, engine: nil)
  }

  private func contents(
    title: String, of subject: String, _ dataset: DetectionDataset, _ images: [ScoredImage],
    engine: String?
  ) -> ReportContents {
    ReportContents(
      title: title,
      facts: [
        subject, count(dataset.count, "image"), count(dataset.classes.count, "class", "classes"),
        Date.now.formatted(.iso8601.year().month().day()),
      ],
      classes: dataset.classes, images: images,
      picture: { try? EncodedImage(contentsOf: dataset[$0].file) },
      environment: ReportEnvironment.group(engine: engine),
      generator: "ssd \(SSDCommand.configuration.version)")
  }

  /// With its folder, but not where that lies: the page may go to other people.
  private func place(of file: URL) -> String {
    "\(file.deletingLastPathComponent().lastPathComponent)/\(file.lastPathComponent)"
  }

  private func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? singular : plural ?? singular + "s")"
  }
}
