import Images

/// A page to explain something on: a title, a paragraph, the picture, a note.
///
/// Coordinates are units of which a page is 720 wide, so that a picture's letters can be read where it
/// is shown 700 pixels wide; how many pixels the file has is decided when the page is made.
public final class Figure {
  /// The page's width in units.
  static let width = 720.0
  /// Left, right and bottom.
  static let margin = 30.0
  /// Pixels of a page's width, unless told otherwise.
  public static let defaultPixelWidth = 1800
  /// Fewer cannot be read, and more Cairo may not be able to draw.
  public static let pixelWidths = 300...6000

  /// What has been drawn.
  public let canvas: Canvas
  /// Where the picture goes.
  let content: Rectangle

  /// - Parameters:
  ///   - contentHeight: of the picture, in units.
  ///   - note: small, below the picture.
  ///   - pixelWidth: columns of the result.
  /// - Throws: `ImageError` where nothing can be drawn because Cairo or Pango is missing.
  init(
    _ title: String, _ text: String, contentHeight: Double, note: String = "", pixelWidth: Int
  ) throws(ImageError) {
    let inner = Self.width - 2 * Self.margin
    let scale = Double(pixelWidth) / Self.width
    let ruler = try Canvas(width: 1, height: 1, scale: scale)
    func height(_ text: String, _ style: TextStyle) -> Double {
      text.isEmpty
        ? 0 : ruler.height(ofParagraph: Formula(text), font: style.font, width: inner)
    }
    let textHeight = height(text, .body)
    let noteHeight = height(note, .small)
    let top = 26 + 30 + textHeight + (text.isEmpty ? 0 : 16)
    let total = top + contentHeight + (note.isEmpty ? 0 : 14 + noteHeight) + 26
    canvas = try Canvas(
      width: pixelWidth, height: Int((total * scale).rounded(.up)), scale: scale,
      background: Palette.paper)
    content = Rectangle(x: Self.margin, y: top, width: inner, height: contentHeight)
    write(title, at: (Self.margin, 24), .title)
    paragraph(text, at: (Self.margin, 26 + 30), width: inner, .body, color: Palette.muted)
    paragraph(
      note, at: (Self.margin, content.bottom + 14), width: inner, .small, color: Palette.muted)
  }
}

/// Something that can be explained in a picture.
public protocol Explanation {
  /// Draws the picture.
  ///
  /// - Parameter pixelWidth: columns of the result, one of ``Figure/pixelWidths``.
  /// - Throws: `ImageError` where nothing can be drawn because Cairo or Pango is missing.
  func figure(pixelWidth: Int) throws(ImageError) -> Figure
}

extension Explanation {
  /// What has been drawn, in the usual size.
  ///
  /// - Throws: `ImageError` where nothing can be drawn because Cairo or Pango is missing.
  public var figure: Figure {
    get throws(ImageError) { try figure(pixelWidth: Figure.defaultPixelWidth) }
  }
}
