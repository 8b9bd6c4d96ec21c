import Evaluation
import Foundation
import MultiBox
import Report
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite("The report page")
struct ReportPageTests {
  @Test("has a section for everything that is known")
  func sections() {
    var contents = ReportFixture.contents()
    contents.network = .ssd300(classes: contents.classes)
    contents.timings = [
      .init(name: "network", median: 20, percentile95: 30),
      .init(name: "all steps", median: 25, percentile95: 40, isTotal: true),
    ]
    contents.history = history
    let html = ReportPage(contents).html()
    for section in [
      "summary", "training", "classes", "curves", "confusion", "errors", "mistakes", "calibration",
      "sizes", "speed", "data", "configuration", "environment",
    ] {
      #expect(html.contains("<section id=\"\(section)\""), "\(section)")
      #expect(html.contains("href=\"#\(section)\""), "\(section)")
    }
    #expect(html.contains("8,732"))
  }

  @Test("leaves out what is not known")
  func absentSections() {
    let html = ReportPage(ReportFixture.contents()).html()
    for section in ["training", "speed", "configuration"] {
      #expect(!html.contains("id=\"\(section)\""), "\(section)")
      #expect(!html.contains("#\(section)\""), "\(section)")
    }
  }

  @Test("needs nothing from elsewhere")
  func isSelfContained() {
    let html = ReportPage(ReportFixture.contents()).html()
    for text in ["http://", "https://", "<link", "src=", "@import", "url("] {
      #expect(!html.contains(text), "\(text)")
    }
  }

  @Test(
    "shows labels as text, whatever they hold",
    arguments: [
      "<script>alert(1)</script>", "\" onload=\"alert(1)", "a & b", "'quoted'",
      // To Swift, and so to Mustache, this is not a quotation mark.
      "\"\u{301} onload=alert(1)", "<\u{338}b>", "{{title}}", "null\u{0}byte",
    ])
  func escaping(label: String) throws {
    var contents = ReportFixture.contents(labels: [label, "dog"])
    contents.title = label
    contents.facts = [label]
    contents.notices = [label]
    contents.environment.entries = [.init(label, label)]
    let html = Data(ReportPage(contents).html().utf8)
    // Byte by byte, as a browser reads it.
    if label.utf8.contains(where: { "<\"'&".utf8.contains($0) }) {
      #expect(html.range(of: Data(label.utf8)) == nil)
    }
    #expect(!html.contains(0))
    try expectWellFormedDrawings(String(decoding: html, as: UTF8.self))
  }

  @Test("draws what an XML parser understands, and no number that is none")
  func drawings() throws {
    for contents in [
      ReportFixture.contents(), ReportFixture.contents(labels: ["only"], imageCount: 3),
      ReportFixture.contents(labels: ClassList.coco.labels, imageCount: 90),
      ReportFixture.contents(imageCount: 1),
    ] {
      var contents = contents
      contents.history = history
      let html = ReportPage(contents).html()
      try expectWellFormedDrawings(html)
      let text = html.replacing(/base64,[A-Za-z0-9+\/=]*/, with: "")
      for word in ["nan", "inf"] {
        #expect(text.ranges(of: try Regex("\\b\(word)\\b").ignoresCase()).isEmpty, "\(word)")
      }
    }
  }

  @Test("of a model that finds nothing says so, and shows no calibration")
  func noDetections() throws {
    let classes = ClassList(["cat"])
    let box = BoundingBox(xMin: 0, yMin: 0, xMax: 50, yMax: 50)
    let html = ReportPage(
      ReportFixture.contents(
        classes,
        [
          ScoredImage(
            id: "one", width: 100, height: 100, detections: [],
            objects: [GroundTruthObject(box: box, classIndex: 1)])
        ])
    ).html()
    #expect(html.contains("cat not found"))
    #expect(!html.contains("id=\"calibration\""))
    try expectWellFormedDrawings(html)
  }

  @Test("of data without objects has no figures but a sentence")
  func noObjects() throws {
    let html = ReportPage(
      ReportFixture.contents(
        ClassList(["cat"]),
        [ScoredImage(id: "one", width: 100, height: 100, detections: [], objects: [])])
    ).html()
    #expect(html.contains("there is nothing to measure"))
    try expectWellFormedDrawings(html)
  }

  @Test("shows no more mistakes than asked for, each kind in turn")
  func mistakeLimit() {
    var contents = ReportFixture.contents(imageCount: 30)
    contents.mistakeLimit = 8
    contents.minimumScore = 0.5
    let html = ReportPage(contents).html()
    #expect(html.ranges(of: "<figure class=\"mistake ").count == 8)
    for kind in ["localization", "confusion", "background", "missed"] {
      #expect(html.ranges(of: "<figure class=\"mistake \(kind)\"").count == 2, "\(kind)")
    }
  }

  private var history: TrainingHistory {
    let step = """
      {"kind":"step","iteration":%d,"epoch":1,"loss":%d.5,"localizationLoss":1,"confidenceLoss":0.5,\
      "learningRate":0.001,"gradientNorm":3,"images":8,"seconds":0.5,"dataSeconds":0}
      """
    let lines = (1...600).map { step.replacing("%d", with: "\($0)") }
    return TrainingHistory(Data(lines.joined(separator: "\n").utf8))
  }

  private func expectWellFormedDrawings(_ html: String) throws {
    let drawings = html.matches(of: /<svg.*?<\/svg>/)
    #expect(!drawings.isEmpty)
    for drawing in drawings {
      let parser = XMLParser(data: Data(String(drawing.output).utf8))
      #expect(
        parser.parse(), "\(String(describing: parser.parserError)): \(drawing.output.prefix(300))")
    }
  }
}
