/// What a canvas can write.
public protocol DrawableText {
  /// The text without marks.
  var plainText: String { get }
  /// The text with Pango's marks for a font; nil when there are none.
  func markup(for font: Font) -> String?
}

extension String: DrawableText {
  /// The text itself.
  public var plainText: String { self }
  /// None.
  public func markup(for font: Font) -> String? { nil }
}

/// Text of which parts are set as an index or bold.
///
/// `_{` and `}` enclose an index, `*{` and `}` what is bold: `g_{cx} = *{0.25}`.
public struct Formula: Hashable, Sendable, DrawableText {
  /// The text as it was written, marks included.
  public let plainText: String

  /// A text whose marks count.
  public init(_ text: String) { plainText = text }

  /// The text with Pango's marks.
  ///
  /// An index has its size and place spelled out: Pango's own `<sub>` goes wrong with fonts measured in
  /// pixels.
  public func markup(for font: Font) -> String? {
    // Of a point, of which 72 make an inch and Pango's 96 pixels another.
    let indexSize = Int(0.74 * font.size * 72 / 96 * 1024)
    let index = "span size=\"\(indexSize)\" rise=\"\(-Int(0.2 * font.size * 1024))\""
    var marked = ""
    var open: [String] = []
    var rest = Substring(plainText)
    while let character = rest.first {
      if rest.hasPrefix("_{") || rest.hasPrefix("*{") {
        open.append(character == "_" ? "span" : "b")
        marked += character == "_" ? "<\(index)>" : "<b>"
        rest = rest.dropFirst(2)
        continue
      }
      rest = rest.dropFirst()
      switch character {
      case "}" where !open.isEmpty: marked += "</\(open.removeLast())>"
      case "&": marked += "&amp;"
      case "<": marked += "&lt;"
      case ">": marked += "&gt;"
      default: marked.append(character)
      }
    }
    return marked + open.reversed().map { "</\($0)>" }.joined()
  }
}
