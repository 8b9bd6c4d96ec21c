import Evaluation

/// The gallery of the worst mistakes.
struct MistakesSection {
  struct Card {
    let kind: String
    let kindTitle: String
    let title: String
    let detail: String
    let svg: String
  }

  struct Filter {
    let kind: String
    let title: String
    let count: Int
  }

  let score: String
  let filters: [Filter]
  let cards: [Card]

  /// nil when there are no mistakes to show.
  init?(_ contents: ReportContents, _ findings: ReportFindings) {
    let mistakes = Mistake.worst(
      contents.mistakeLimit, of: findings.acceptedErrors, among: contents.images)
    cards = mistakes.compactMap { Self.card($0, contents) }
    guard !cards.isEmpty else { return nil }
    score = Figures.share(Double(findings.operatingPoint.score))
    let cards = cards
    filters = DetectionErrors.Kind.allCases.compactMap { kind in
      let count = cards.count { $0.kind == kind.rawValue }
      return count > 0 ? Filter(kind: kind.rawValue, title: kind.title, count: count) : nil
    }
  }

  private static func card(_ mistake: Mistake, _ contents: ReportContents) -> Card? {
    let image = contents.images[mistake.image]
    let title = title(mistake, contents)
    guard let encoded = contents.picture(mistake.image),
      let picture = MistakePicture(mistake: mistake, image: image).drawn(
        on: encoded, description: "\(mistake.kind.title): \(title), in \(image.id)")
    else { return nil }
    var details: [String] = []
    if let detection = mistake.detection {
      details.append("score \(Figures.share(Double(detection.score)))")
    }
    if mistake.detection != nil, mistake.object != nil {
      details.append("overlap \(Figures.share(mistake.overlap))")
    }
    details.append(image.id + (picture.isDetail ? " (detail)" : ""))
    return Card(
      kind: mistake.kind.rawValue, kindTitle: mistake.kind.title, title: title,
      detail: details.joined(separator: " · "), svg: picture.svg)
  }

  private static func title(_ mistake: Mistake, _ contents: ReportContents) -> String {
    let found = mistake.detection?.label ?? ""
    let truth = mistake.object.map { contents.classes.label(at: $0.classIndex) } ?? ""
    return switch mistake.kind {
    case .localization: "\(found), the box is off"
    case .confusion: "\(truth) taken for \(found)"
    case .both: "\(found) near \(truth)"
    case .duplicate: "\(found), found before"
    case .background: "\(found) where there is none"
    case .missed: "\(truth) not found"
    }
  }
}
