import Foundation
import Mustache

/// A report as one HTML file that needs nothing else: styles, pictures and script are inside.
public struct ReportPage {
  /// What the analyses found.
  public let findings: ReportFindings
  private let contents: ReportContents

  /// Analyses the contents.
  public init(_ contents: ReportContents) {
    self.contents = contents
    findings = ReportFindings(
      contents.images, classes: contents.classes, minimumScore: contents.minimumScore)
  }

  /// What a template sees; the names are the templates'.
  private struct Page {
    let title: String
    let facts: [String]
    let notices: [String]
    let generator: String
    let style: String
    let script: String
    let navigation: [PageModel.NavigationEntry]
    let summary: SummarySection
    let training: TrainingSection?
    let classes: ClassesSection
    let curves: CurvesSection?
    let confusion: ConfusionSection
    let errors: ErrorsSection
    let mistakes: MistakesSection?
    let calibration: CalibrationSection?
    let sizes: SizesSection
    let speed: SpeedSection?
    let data: DataSection
    let configuration: ConfigurationSection?
    let environment: PageModel.Table
  }

  /// The page.
  public func html() -> String {
    let training = TrainingSection(contents.history)
    let curves = CurvesSection(findings)
    let mistakes = MistakesSection(contents, findings)
    let calibration = CalibrationSection(findings)
    let speed = SpeedSection(contents)
    let configuration = ConfigurationSection(contents)
    let sections: [(id: String, title: String, isShown: Bool)] = [
      ("summary", "Summary", true), ("training", "Training", training != nil),
      ("classes", "Classes", true), ("curves", "Precision and recall", curves != nil),
      ("confusion", "Confusion", true), ("errors", "Errors", true),
      ("mistakes", "Mistakes", mistakes != nil), ("calibration", "Calibration", calibration != nil),
      ("sizes", "Sizes", true), ("speed", "Speed", speed != nil), ("data", "Data", true),
      ("configuration", "Configuration", configuration != nil),
      ("environment", "Environment", true),
    ]
    let page = Page(
      title: contents.title, facts: contents.facts, notices: contents.notices,
      generator: contents.generator, style: PageTemplates.style, script: PageTemplates.script,
      navigation: sections.filter(\.isShown).map {
        PageModel.NavigationEntry(id: $0.id, title: $0.title)
      },
      summary: SummarySection(contents, findings), training: training,
      classes: ClassesSection(findings), curves: curves, confusion: ConfusionSection(findings),
      errors: ErrorsSection(findings), mistakes: mistakes, calibration: calibration,
      sizes: SizesSection(findings), speed: speed, data: DataSection(contents, findings),
      configuration: configuration, environment: contents.environment.table)
    return PageTemplates.rendered(page)
  }
}
