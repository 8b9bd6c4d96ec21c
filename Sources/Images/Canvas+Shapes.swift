import CCairo

extension Canvas {
  /// Draws a picture stretched to a rectangle.
  ///
  /// A picture much larger than its place is first resized as ``Image/resized(width:height:)``
  /// does, so that it does not flicker.
  ///
  /// - Parameters:
  ///   - image: the picture.
  ///   - rectangle: its place, in pixels of the canvas.
  ///   - cornerRadius: rounds the corners of the rectangle.
  public func draw(_ image: Image, in rectangle: Rectangle, cornerRadius: Double = 0) {
    guard rectangle.isDrawable else { return }
    func pixels(_ length: Double) -> Int { max(1, Int(min(length * scale, 1e6).rounded())) }
    let target = (
      width: min(image.width, pixels(rectangle.width)),
      height: min(image.height, pixels(rectangle.height))
    )
    let image = image.resized(
      width: min(target.width, Self.maximumSide), height: min(target.height, Self.maximumSide))
    guard let surface = Self.surface(image) else { return }
    defer { cairo_surface_destroy(surface) }
    cairo_save(context)
    trace(rectangle, cornerRadius: cornerRadius)
    cairo_clip(context)
    cairo_translate(context, rectangle.x, rectangle.y)
    cairo_scale(
      context, rectangle.width / Double(image.width), rectangle.height / Double(image.height))
    cairo_set_source_surface(context, surface, 0, 0)
    // Without it the edges of an enlarged picture fade into the background.
    cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
    cairo_paint(context)
    cairo_restore(context)
  }

  /// Fills a rectangle.
  public func fill(_ rectangle: Rectangle, color: Color, cornerRadius: Double = 0) {
    guard rectangle.isDrawable else { return }
    trace(rectangle, cornerRadius: cornerRadius)
    setColor(color)
    cairo_fill(context)
  }

  /// Draws the outline of a rectangle; the line lies half inside and half outside of it.
  ///
  /// - Parameter dashes: lengths of drawn and left-out pieces in turn; empty for a solid line.
  public func stroke(
    _ rectangle: Rectangle, color: Color, lineWidth: Double, cornerRadius: Double = 0,
    dashes: [Double] = []
  ) {
    guard rectangle.isDrawable else { return }
    trace(rectangle, cornerRadius: cornerRadius)
    stroke(color, lineWidth, dashes)
  }

  /// Draws what `body` draws, but only inside a rectangle.
  public func clipped(
    to rectangle: Rectangle, cornerRadius: Double = 0, _ body: () throws -> Void
  ) rethrows {
    guard rectangle.isDrawable else { return }
    cairo_save(context)
    trace(rectangle, cornerRadius: cornerRadius)
    cairo_clip(context)
    defer { cairo_restore(context) }
    try body()
  }

  /// Draws a straight line.
  ///
  /// - Parameters:
  ///   - start: one end, in pixels.
  ///   - end: the other end.
  ///   - color: the colour of the line.
  ///   - lineWidth: its thickness in pixels.
  ///   - dashes: lengths of drawn and left-out pieces in turn; empty for a solid line.
  public func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), color: Color,
    lineWidth: Double, dashes: [Double] = []
  ) {
    polyline([start, end], color: color, lineWidth: lineWidth, dashes: dashes)
  }

  /// Draws straight lines from point to point; a point that is not a number interrupts them.
  ///
  /// - Parameters:
  ///   - points: the corners, in pixels.
  ///   - color: the colour of the line.
  ///   - lineWidth: its thickness in pixels.
  ///   - dashes: lengths of drawn and left-out pieces in turn; empty for a solid line.
  public func polyline(
    _ points: [(x: Double, y: Double)], color: Color, lineWidth: Double, dashes: [Double] = []
  ) {
    cairo_new_path(context)
    var isDrawing = false
    for point in points {
      guard point.x.isFinite && point.y.isFinite else {
        isDrawing = false
        continue
      }
      if isDrawing {
        cairo_line_to(context, point.x, point.y)
      } else {
        cairo_move_to(context, point.x, point.y)
        isDrawing = true
      }
    }
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    stroke(color, lineWidth, dashes)
  }

  /// Fills the polygon with these corners; points that are not numbers are left out.
  public func fillPolygon(_ points: [(x: Double, y: Double)], color: Color) {
    cairo_new_path(context)
    for point in points where point.x.isFinite && point.y.isFinite {
      cairo_line_to(context, point.x, point.y)
    }
    cairo_close_path(context)
    setColor(color)
    cairo_fill(context)
  }

  /// Fills a circle.
  public func fillCircle(center: (x: Double, y: Double), radius: Double, color: Color) {
    guard center.x.isFinite && center.y.isFinite && radius.isFinite && radius > 0 else { return }
    cairo_new_path(context)
    cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
    setColor(color)
    cairo_fill(context)
  }

  private func stroke(_ color: Color, _ lineWidth: Double, _ dashes: [Double]) {
    cairo_set_dash(context, dashes, Int32(dashes.count), 0)
    cairo_set_line_width(context, lineWidth)
    setColor(color)
    cairo_stroke(context)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_MITER)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
  }

  private func trace(_ box: Rectangle, cornerRadius: Double) {
    cairo_new_path(context)
    let radius = min(cornerRadius, box.width / 2, box.height / 2)
    guard radius > 0 else {
      return cairo_rectangle(context, box.x, box.y, box.width, box.height)
    }
    let (left, right) = (box.x + radius, box.right - radius)
    let (top, bottom) = (box.y + radius, box.bottom - radius)
    cairo_arc(context, right, top, radius, -.pi / 2, 0)
    cairo_arc(context, right, bottom, radius, 0, .pi / 2)
    cairo_arc(context, left, bottom, radius, .pi / 2, .pi)
    cairo_arc(context, left, top, radius, .pi, 1.5 * .pi)
    cairo_close_path(context)
  }

  /// The picture in Cairo's layout: a 32-bit word a pixel, red in bits 16 to 23.
  private static func surface(_ image: Image) -> OpaquePointer? {
    let surface = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, Int32(image.width), Int32(image.height))
    guard let bytes = cairo_image_surface_get_data(surface) else {
      cairo_surface_destroy(surface)
      return nil
    }
    cairo_surface_flush(surface)
    let stride = Int(cairo_image_surface_get_stride(surface))
    image.pixels.withUnsafeBufferPointer { pixels in
      var source = 0
      for y in 0..<image.height {
        let row = UnsafeMutableRawPointer(bytes + y * stride)
        for x in 0..<image.width {
          let word =
            UInt32(pixels[source]) << 16 | UInt32(pixels[source &+ 1]) << 8
            | UInt32(pixels[source &+ 2])
          row.storeBytes(of: word, toByteOffset: 4 &* x, as: UInt32.self)
          source &+= 3
        }
      }
    }
    cairo_surface_mark_dirty(surface)
    return surface
  }
}
