import CCairo

/// How text looks.
public struct Font: Hashable, Sendable {
  /// Thickness of the strokes.
  public enum Weight: UInt32, Hashable, Sendable {
    case regular = 400
    case medium = 500
    case bold = 700
  }

  /// The height of an em, in pixels.
  public var size: Double
  /// Thickness of the strokes.
  public var weight: Weight
  /// Names of families, separated by commas, the preferred one first.
  public var family: String

  /// A font of a size in pixels.
  public init(size: Double, weight: Weight = .regular, family: String = "Inter, DejaVu Sans, sans")
  {
    self.size = size
    self.weight = weight
    self.family = family
  }
}

/// Which point of a text is put where it is drawn.
public struct TextAnchor: Hashable, Sendable {
  /// 0 for the left end, 0.5 for the middle, 1 for the right end.
  public var x: Double
  /// 0 for the top of the line, 0.5 for its middle, 1 for its bottom.
  public var y: Double

  /// An anchor at fractions of the text's width and height.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  /// The top left corner.
  public static let topLeft = TextAnchor(x: 0, y: 0)
  /// The middle of the top edge.
  public static let top = TextAnchor(x: 0.5, y: 0)
  /// The middle of the bottom edge.
  public static let bottom = TextAnchor(x: 0.5, y: 1)
  /// The middle of the left edge.
  public static let left = TextAnchor(x: 0, y: 0.5)
  /// The middle of the right edge.
  public static let right = TextAnchor(x: 1, y: 0.5)
  /// The middle.
  public static let center = TextAnchor(x: 0.5, y: 0.5)
}

extension Canvas {
  /// Pango measures in 1024ths of a pixel.
  private static let unitsPerPixel = 1024.0

  /// The size of one line of text, in pixels.
  ///
  /// - Parameter maximumWidth: a longer text is cut and ends in an ellipsis.
  public func size(
    of text: some DrawableText, font: Font, maximumWidth: Double? = nil
  ) -> (width: Double, height: Double) {
    withLayout(text, font, maximumWidth) { _, size in size }
  }

  /// Draws one line of text.
  ///
  /// - Parameters:
  ///   - point: where the anchor goes.
  ///   - angle: turns the text clockwise around the point, in radians.
  ///   - plate: a colour to put behind the text, with a little room around it.
  ///   - maximumWidth: a longer text is cut and ends in an ellipsis.
  public func text(
    _ text: some DrawableText, at point: (x: Double, y: Double), font: Font, color: Color = .black,
    anchor: TextAnchor = .topLeft, angle: Double = 0, plate: Color? = nil,
    maximumWidth: Double? = nil
  ) {
    guard point.x.isFinite && point.y.isFinite else { return }
    withLayout(text, font, maximumWidth) { layout, size in
      cairo_save(context)
      cairo_translate(context, point.x, point.y)
      cairo_rotate(context, angle)
      let (left, top) = (-anchor.x * size.width, -anchor.y * size.height)
      if let plate {
        let (x, y) = (0.35 * font.size, 0.1 * font.size)
        fill(
          Rectangle(
            x: left - x, y: top - y, width: size.width + 2 * x, height: size.height + 2 * y),
          color: plate, cornerRadius: 0.25 * font.size)
      }
      cairo_move_to(context, left, top)
      setColor(color)
      pango_cairo_show_layout(context, layout)
      cairo_new_path(context)
      cairo_restore(context)
    }
  }

  /// The height of text that is broken into lines, in the coordinates' units.
  ///
  /// - Parameter width: of the lines.
  public func height(ofParagraph text: some DrawableText, font: Font, width: Double) -> Double {
    withLayout(text, font, width, isWrapped: true) { _, size in size.height }
  }

  /// Draws text that is broken into lines.
  ///
  /// - Parameters:
  ///   - point: the top left corner.
  ///   - width: of the lines.
  /// - Returns: the height of the lines together.
  @discardableResult
  public func paragraph(
    _ text: some DrawableText, at point: (x: Double, y: Double), width: Double, font: Font,
    color: Color = .black
  ) -> Double {
    withLayout(text, font, width, isWrapped: true) { layout, size in
      cairo_move_to(context, point.x, point.y)
      setColor(color)
      pango_cairo_show_layout(context, layout)
      cairo_new_path(context)
      return size.height
    }
  }

  private func withLayout<Result>(
    _ text: some DrawableText, _ font: Font, _ maximumWidth: Double?, isWrapped: Bool = false,
    _ body: (OpaquePointer, (width: Double, height: Double)) -> Result
  ) -> Result {
    guard let layout = pango_cairo_create_layout(context),
      let description = pango_font_description_new()
    else { fatalError("Pango has no memory for a line of text") }
    defer {
      pango_font_description_free(description)
      g_object_unref(UnsafeMutableRawPointer(layout))
    }
    pango_font_description_set_family(description, font.family)
    pango_font_description_set_weight(description, font.weight.rawValue)
    pango_font_description_set_absolute_size(
      description, max(1, font.size) * Self.unitsPerPixel)
    pango_layout_set_font_description(layout, description)
    pango_layout_set_single_paragraph_mode(layout, isWrapped ? 0 : 1)
    if let markup = text.markup(for: font) {
      pango_layout_set_markup(layout, markup, -1)
    } else {
      pango_layout_set_text(layout, text.plainText, -1)
    }
    if isWrapped { pango_layout_set_line_spacing(layout, 1.25) }
    if let maximumWidth {
      let ellipsizeEnd: UInt32 = 3
      if !isWrapped { pango_layout_set_ellipsize(layout, ellipsizeEnd) }
      pango_layout_set_width(
        layout, Int32(min(max(1, maximumWidth), 1e6) * Self.unitsPerPixel))
    }
    var (width, height) = (Int32(0), Int32(0))
    pango_layout_get_size(layout, &width, &height)
    return body(
      layout, (Double(width) / Self.unitsPerPixel, Double(height) / Self.unitsPerPixel))
  }
}
