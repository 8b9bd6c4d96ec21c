import Foundation
import Testing

/// The guide's code runs and prints what the guide says.
///
/// The programs name files from the project's folder, which is where `swift test` starts.
@Suite struct ChapterTests {
  @Test("A chapter's code prints what the chapter says", arguments: Chapter.all)
  func output(of chapter: Chapter) throws {
    var printed: [String] = []
    try chapter.program { values in
      printed.append(values.map { "\($0)" }.joined(separator: " "))
    }
    let claims = CodeBlock.claims(in: try chapter.sources().text)
    #expect(
      claims.count == printed.count, "\(chapter.name) prints:\n\(printed.joined(separator: "\n"))")
    for (claim, line) in zip(claims, printed) {
      #expect(
        PrintedLine(claim).isRounded(PrintedLine(line)),
        "\(chapter.name) says `\(claim)`, its code prints `\(line)`")
    }
  }

  @Test("The tested programs are the chapters' code", arguments: Chapter.all)
  func program(of chapter: Chapter) throws {
    func code(_ lines: some Sequence<String>) -> [String] {
      lines.map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty && !$0.hasPrefix("import ") }
    }
    let (text, program) = try chapter.sources()
    let start = try #require(program.firstIndex { $0.contains("static func") })
    let blocks = CodeBlock.all(in: text).filter { $0.language == "swift" }
    #expect(
      code(blocks.flatMap(\.lines)) == code(program[(start + 1)...]).dropLast(2),
      "run scripts/snippets.sh")
  }

  @Test("Every chapter with code is tested")
  func completeness() throws {
    let files = try FileManager.default.contentsOfDirectory(
      at: Chapter.catalogue, includingPropertiesForKeys: nil)
    let withCode = try files.filter { file in
      guard file.pathExtension == "md" else { return false }
      return try String(contentsOf: file, encoding: .utf8).contains("\n```swift\n")
    }
    #expect(
      Set(withCode.map { $0.deletingPathExtension().lastPathComponent })
        == Set(Chapter.all.map(\.name)))
  }

  @Test(
    "A claim is a rounding of what is printed, or false",
    arguments: [
      ("0.391", "0.39130437", true), ("0.391", "0.3917", false), ("conv4_3 38", "conv4_3 38", true),
      ("conv4_3 38", "conv4_3 38.2", false), ("[0.5, -1.0]", "[0.5000001, -1.0]", true),
      ("0.00001", "1e-05", true), ("circle", "star", false),
    ])
  func rounding(claim: String, printed: String, isTrue: Bool) {
    #expect(PrintedLine(claim).isRounded(PrintedLine(printed)) == isTrue)
  }
}
