import Evaluation

/// The figures that people ask for first, and what follows from them in words.
struct SummarySection {
  struct Tile {
    let value: String
    let name: String
    let detail: String
    var isMain = false
  }

  let tiles: [Tile]
  let sentences: [String]

  init(_ contents: ReportContents, _ findings: ReportFindings) {
    let means = findings.report.mean
    let point = findings.operatingPoint
    let score = Figures.share(Double(point.score))
    let objects = findings.results.reduce(0) { $0 + $1.curve.objectCount }
    let detections = findings.results.reduce(0) { $0 + $1.detectionCount }
    var tiles = [
      Tile(
        value: Figures.share(means.voc07), name: "mAP", detail: "VOC 2007, 11 points, overlap 0.5",
        isMain: true),
      Tile(
        value: Figures.share(means.voc), name: "mAP, area", detail: "under the curve, overlap 0.5"),
      Tile(
        value: Figures.share(means.coco?.ap), name: "COCO AP",
        detail: "mean of overlaps 0.5 to 0.95"),
      Tile(
        value: Figures.share(point.precision), name: "precision",
        detail: "of detections from \(score) on"),
      Tile(value: Figures.share(point.recall), name: "recall", detail: "at the same score"),
      Tile(
        value: Figures.share(findings.calibration.expectedError), name: "calibration error",
        detail: "0 would be honest scores"),
    ]
    if let total = contents.timings.first(where: \.isTotal) {
      tiles.append(
        Tile(
          value: Figures.milliseconds(total.median) + " ms", name: "an image",
          detail: "\(Figures.number(1000 / total.median)) images a second"))
    }
    tiles.append(
      Tile(
        value: Figures.count(objects), name: "objects",
        detail: "in \(Figures.count(contents.images.count, "image")); "
          + Figures.count(detections, "detection")))
    self.tiles = tiles
    sentences = Self.sentences(findings)
  }

  private static func sentences(_ findings: ReportFindings) -> [String] {
    guard findings.report.mean.voc != nil else {
      return [
        "The data has no objects of the model's classes, so that there is nothing to measure."
      ]
    }
    var sentences: [String] = []
    let ranked = findings.report.classes.compactMap { figures in
      figures.voc.map { (label: figures.label, value: $0) }
    }.sorted { $0.value > $1.value }
    if ranked.count > 1, let best = ranked.first, let worst = ranked.last, best.value > worst.value
    {
      sentences.append(
        "Best at \(best.label) (\(Figures.share(best.value))), worst at \(worst.label) "
          + "(\(Figures.share(worst.value))).")
    }
    let gains = DetectionErrors.Kind.allCases.compactMap { kind in
      findings.gain(mending: kind).map { (kind: kind, gain: $0) }
    }.filter { $0.gain > 0.0005 }
    if let costliest = gains.max(by: { $0.gain < $1.gain }) {
      sentences.append(
        "The costliest errors are \(costliest.kind.plural): without them, mAP (area) would be "
          + "\(Figures.share(costliest.gain)) higher.")
    }
    if let confusion = findings.confusion.confusions.first, confusion.count > 1 {
      let classes = findings.confusion.classes
      sentences.append(
        "The most frequent confusion: \(classes.label(at: confusion.truth)) taken for "
          + "\(classes.label(at: confusion.predicted)), \(Figures.count(confusion.count)) times.")
    }
    return sentences
  }
}
