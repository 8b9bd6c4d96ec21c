import Foundation
import Testing

/// A chapter of the guide, and its code as one program.
struct Chapter: Sendable, CustomTestStringConvertible {
  let name: String
  /// The chapter's code from its first block to its last; what it prints goes to the argument.
  let program: @Sendable ((Any...) -> Void) throws -> Void

  var testDescription: String { name }

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let catalogue = root.appending(path: "Docs/Guide/SwiftSSD.docc")

  /// The chapter's text and the program made from it, line by line.
  func sources() throws -> (text: [String], program: [String]) {
    func lines(_ url: URL) throws -> [String] {
      try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
    }
    return (
      try lines(Self.catalogue.appending(path: "\(name).md")),
      try lines(Self.root.appending(path: "Tests/DocumentationTests/Chapters/\(name).swift"))
    )
  }
}

/// A fenced block of a chapter.
struct CodeBlock {
  var language: String
  var lines: [String] = []
  /// Whether nothing stands between it and the block before.
  var isAdjacent: Bool

  /// The blocks of a text, in order.
  static func all(in text: [String]) -> [CodeBlock] {
    var blocks: [CodeBlock] = []
    var open: CodeBlock?
    var lastEnd = Int.min
    for (number, line) in text.enumerated() {
      if var block = open {
        if line == "```" {
          blocks.append(block)
          open = nil
          lastEnd = number
        } else {
          block.lines.append(line)
          open = block
        }
      } else if line.hasPrefix("```") {
        open = CodeBlock(language: String(line.dropFirst(3)), isAdjacent: number == lastEnd + 1)
      }
    }
    return blocks
  }

  /// What the Swift blocks of a text say that they print: the comments behind and below `print`, then
  /// the block of output that follows directly.
  static func claims(in text: [String]) -> [String] {
    let blocks = all(in: text)
    return blocks.enumerated().flatMap { index, block -> [String] in
      guard block.language == "swift" else { return [] }
      let next = index + 1 < blocks.count ? blocks[index + 1] : nil
      let output = next.map { $0.language == "text" && $0.isAdjacent ? $0.lines : [] }
      return block.commentsOfPrints + (output ?? [])
    }
  }

  private var commentsOfPrints: [String] {
    var comments: [String] = []
    // Parentheses of a `print` that are still open; nil between statements that print.
    var open: Int?
    for line in lines.map({ $0.trimmingCharacters(in: .whitespaces) }) {
      if open == 0, line.hasPrefix("// ") { comments.append(String(line.dropFirst(3))) }
      if line.hasPrefix("print(") { open = 0 } else if open == 0 { open = nil }
      guard let depth = open else { continue }
      let comment = line.range(of: "  // ")
      let code = line[..<(comment?.lowerBound ?? line.endIndex)]
      open = code.reduce(depth) { $0 + ($1 == "(" ? 1 : $1 == ")" ? -1 : 0) }
      if let comment {
        comments.append(String(line[comment.upperBound...]))
        open = nil
      }
    }
    return comments
  }
}
