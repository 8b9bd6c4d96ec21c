import CCairo

/// A surface to draw on, over Cairo: photographs with boxes, plots, contact sheets.
///
/// Coordinates are pixels, unless the canvas has another ``scale``; (0, 0) is the top left corner.
/// What is drawn is recorded and only turned into pixels, or into the shapes of an SVG file, when it
/// is asked for.
///
/// Not safe to be used by two threads at once.
public final class Canvas {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Pixels to a unit of the coordinates: a drawing made for one size comes out in any other.
  public let scale: Double

  let recording: OpaquePointer
  let context: OpaquePointer

  /// More pixels on a side than this Cairo cannot draw.
  public static let maximumSide = 32767

  /// An empty surface.
  ///
  /// - Parameters:
  ///   - width: columns.
  ///   - height: rows.
  ///   - scale: pixels to a unit of the coordinates.
  /// - Precondition: both sides are in `1...Canvas.maximumSide`.
  /// - Throws: `ImageError` where Cairo or Pango is missing.
  public convenience init(
    width: Int, height: Int, scale: Double = 1, background: Color = .white
  ) throws(ImageError) {
    if let problem = ccairo_open() {
      throw ImageError(file: nil, reason: .drawingUnavailable(String(cString: problem)))
    }
    self.init(opened: width, height, scale, background)
  }

  /// Another empty surface, of its own size. Where there is one canvas, there can be two.
  ///
  /// - Precondition: both sides are in `1...Canvas.maximumSide`.
  package func blank(width: Int, height: Int) -> Canvas { Canvas(opened: width, height, 1, .white) }

  /// An empty surface where Cairo and Pango have been opened.
  private init(opened width: Int, _ height: Int, _ scale: Double, _ background: Color) {
    precondition(
      (1...Self.maximumSide).contains(width) && (1...Self.maximumSide).contains(height),
      "a canvas of \(width) x \(height) pixels; Cairo draws at most \(Self.maximumSide) on a side")
    self.width = width
    self.height = height
    self.scale = scale
    var extents = cairo_rectangle_t(x: 0, y: 0, width: Double(width), height: Double(height))
    guard let recording = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extents),
      let context = cairo_create(recording)
    else { fatalError("Cairo has no memory for a canvas") }
    self.recording = recording
    self.context = context
    setColor(background)
    cairo_paint(context)
    cairo_scale(context, scale, scale)
  }

  /// A picture to draw on, pixel by pixel of the same size.
  ///
  /// - Throws: `ImageError` for a picture with a side above `Canvas.maximumSide`, and where Cairo or
  ///   Pango is missing.
  public convenience init(_ image: Image) throws(ImageError) {
    guard max(image.width, image.height) <= Self.maximumSide else {
      throw ImageError(
        file: nil,
        reason: .unsupported(
          "nothing can be drawn on \(image.width) x \(image.height) pixels; at most "
            + "\(Self.maximumSide) on a side"))
    }
    try self.init(width: image.width, height: image.height)
    draw(
      image,
      in: Rectangle(x: 0, y: 0, width: Double(image.width), height: Double(image.height)))
  }

  deinit {
    cairo_destroy(context)
    // Cairo 1.16 loses a reference to a recording that is replayed into an SVG file; finishing it
    // frees at least what it holds.
    cairo_surface_finish(recording)
    cairo_surface_destroy(recording)
  }

  func setColor(_ color: Color) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
  }
}
