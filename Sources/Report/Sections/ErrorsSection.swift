import Evaluation

/// The kinds of errors, how many there are, and what each costs.
struct ErrorsSection {
  let score: String
  let table: PageModel.Table
  let mean: String

  init(_ findings: ReportFindings) {
    score = Figures.share(Double(findings.operatingPoint.score))
    mean = Figures.share(findings.errors.meanAveragePrecision())
    let gains = DetectionErrors.Kind.allCases.map { findings.gain(mending: $0) }
    let greatest = max(gains.compactMap { $0 }.max() ?? 0, 0.001)
    let mostErrors = DetectionErrors.Kind.allCases.map { findings.acceptedErrors.count(of: $0) }
      .max()
    table = PageModel.Table(
      caption: "Kinds of errors",
      columns: [
        PageModel.Column(title: "kind", isNumber: false), .init(title: "mAP without it"),
        .init(title: "scoring \(score) or more"), .init(title: "at any score"),
      ],
      rows: zip(DetectionErrors.Kind.allCases, gains).map { kind, gain in
        let count = findings.acceptedErrors.count(of: kind)
        return PageModel.Row(
          head: kind.title, marker: kind.rawValue, note: kind.explanation,
          cells: [
            PageModel.Cell(Figures.gain(gain), bar: gain, of: greatest),
            PageModel.Cell(Figures.count(count), bar: Double(count), of: Double(mostErrors ?? 1)),
            PageModel.Cell(Figures.count(findings.errors.count(of: kind))),
          ])
      })
  }
}

extension DetectionErrors.Kind {
  /// As a heading.
  var title: String {
    switch self {
    case .localization: "Localisation"
    case .confusion: "Confusion"
    case .both: "Both"
    case .duplicate: "Duplicate"
    case .background: "Background"
    case .missed: "Missed"
    }
  }

  /// In a sentence.
  var plural: String {
    switch self {
    case .localization: "badly placed boxes"
    case .confusion: "confused classes"
    case .both: "wrong classes in badly placed boxes"
    case .duplicate: "duplicates"
    case .background: "objects seen in the background"
    case .missed: "missed objects"
    }
  }

  /// What the kind means.
  var explanation: String {
    switch self {
    case .localization: "right class, overlap 0.1 to 0.5"
    case .confusion: "overlap over 0.5 with an object of another class"
    case .both: "overlap 0.1 to 0.5 with an object of another class"
    case .duplicate: "the object has a better detection"
    case .background: "no object, or none that was annotated"
    case .missed: "no detection finds or nearly finds the object"
    }
  }
}
