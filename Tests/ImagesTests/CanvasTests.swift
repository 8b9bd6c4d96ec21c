import Foundation
import Images
import TestSupport
import Testing

@Suite struct CanvasTests {
  @Test func `a picture on a canvas comes back unchanged`() throws {
    let image = try Fixtures.expected("lossless.webp")
    #expect(try Canvas(image).image == image)
  }

  @Test func `a filled rectangle covers its pixels and no others`() throws {
    let canvas = try Canvas(width: 8, height: 6, background: .black)
    canvas.fill(Rectangle(x: 2, y: 1, width: 3, height: 4), color: Color(hex: 0x10A0FF))
    let image = canvas.image
    for y in 0..<6 {
      for x in 0..<8 {
        let isInside = (2..<5).contains(x) && (1..<5).contains(y)
        #expect(image[x, y] == (isInside ? (0x10, 0xA0, 0xFF) : (0, 0, 0)))
      }
    }
  }

  @Test func `half-transparent white over black is grey`() throws {
    let canvas = try Canvas(width: 2, height: 2, background: .black)
    canvas.fill(
      Rectangle(x: 0, y: 0, width: 2, height: 2), color: Color.white.opacity(0.5))
    #expect((127...128).contains(canvas.image[1, 1].red))
  }

  @Test func `an outline lies half inside and half outside of its rectangle`() throws {
    let canvas = try Canvas(width: 20, height: 20)
    canvas.stroke(
      Rectangle(x: 5, y: 5, width: 10, height: 10), color: .black, lineWidth: 2)
    let image = canvas.image
    #expect((0..<20).filter { image[$0, 10].red == 0 } == [4, 5, 14, 15])
    #expect((0..<20).filter { image[10, $0].red == 0 } == [4, 5, 14, 15])
  }

  @Test func `a line goes from its start to its end`() throws {
    let canvas = try Canvas(width: 20, height: 5)
    canvas.line(from: (4, 2.5), to: (12, 2.5), color: .black, lineWidth: 1)
    let image = canvas.image
    #expect((4..<12).allSatisfy { image[$0, 2].red == 0 })
    #expect(image[1, 2].red == 255 && image[15, 2].red == 255 && image[8, 0].red == 255)
  }

  @Test func `a polyline is interrupted by what is not a number`() throws {
    let canvas = try Canvas(width: 30, height: 5)
    canvas.polyline(
      [(2, 2.5), (8, 2.5), (.nan, 0), (20, 2.5), (28, 2.5)], color: .black, lineWidth: 1)
    let image = canvas.image
    #expect(image[5, 2].red == 0 && image[24, 2].red == 0 && image[14, 2].red == 255)
  }

  @Test func `a drawn picture fills its rectangle to the edges`() throws {
    let canvas = try Canvas(width: 40, height: 30)
    canvas.draw(
      Image(width: 2, height: 2, fill: (200, 10, 10)),
      in: Rectangle(x: 10, y: 5, width: 20, height: 20))
    let image = canvas.image
    #expect(image[10, 5] == (200, 10, 10) && image[29, 24] == (200, 10, 10))
    #expect(image[9, 5] == (255, 255, 255) && image[30, 24] == (255, 255, 255))
  }

  @Test func `rectangles without area or with impossible coordinates draw nothing`() throws {
    let canvas = try Canvas(width: 10, height: 10)
    for (x, width) in [(1.0, 0.0), (1, -4), (.nan, 5), (1, .infinity), (.infinity, 1)] {
      let box = Rectangle(x: x, y: 1, width: width, height: 5)
      canvas.fill(box, color: .black)
      canvas.stroke(box, color: .black, lineWidth: 2)
      canvas.draw(Image(width: 1, height: 1, fill: (0, 0, 0)), in: box)
    }
    #expect(canvas.image == Image(width: 10, height: 10))
    canvas.fill(Rectangle(x: 0, y: 0, width: 10, height: 10), color: .black)
    #expect(canvas.image == Image(width: 10, height: 10, fill: (0, 0, 0)))
  }

  @Test func `text is drawn inside the size measured for it`() throws {
    let canvas = try Canvas(width: 300, height: 80)
    let font = Font(size: 20)
    let size = canvas.size(of: "person 0.87", font: font)
    #expect(size.width > 60 && size.width < 200 && size.height > 18 && size.height < 40)
    canvas.text("person 0.87", at: (30, 20), font: font)
    let dark = darkBounds(canvas.image)
    #expect(dark.left >= 29 && Double(dark.right) <= 31 + size.width)
    #expect(dark.top >= 19 && Double(dark.bottom) <= 21 + size.height)
    #expect(Double(dark.right - dark.left) > 0.8 * size.width)
  }

  @Test func `text hangs on its anchor`() throws {
    let font = Font(size: 20, weight: .bold)
    for (anchor, x, y) in [
      (TextAnchor.topLeft, 0.0, 0.0), (.center, 0.5, 0.5), (.right, 1, 0.5), (.bottom, 0.5, 1),
    ] {
      let canvas = try Canvas(width: 300, height: 100)
      canvas.text("HHHHH", at: (150, 50), font: font, anchor: anchor)
      let size = canvas.size(of: "HHHHH", font: font)
      let dark = darkBounds(canvas.image)
      let middle = (Double(dark.left + dark.right + 1) / 2, Double(dark.top + dark.bottom + 1) / 2)
      #expect(abs(middle.0 - (150 + (0.5 - x) * size.width)) < 3)
      #expect(abs(middle.1 - (50 + (0.5 - y) * size.height)) < 5)
    }
  }

  @Test func `text grows with its font and is cut at the maximum width`() throws {
    let canvas = try Canvas(width: 10, height: 10)
    let text = "a rather long line of text"
    // Inter, where it is installed, sets small sizes wider.
    let (tenPixels, fortyPixels) = (
      Font(size: 10, family: "DejaVu Sans"), Font(size: 40, family: "DejaVu Sans")
    )
    let small = canvas.size(of: text, font: tenPixels)
    let large = canvas.size(of: text, font: fortyPixels)
    #expect(abs(large.width / small.width - 4) < 0.1)
    #expect(canvas.size(of: text, font: fortyPixels, maximumWidth: 100).width <= 100)
    #expect(canvas.size(of: text, font: fortyPixels, maximumWidth: 5000) == large)
  }

  @Test func `a plate lies behind its text`() throws {
    let canvas = try Canvas(width: 200, height: 60)
    canvas.text(
      "plate", at: (100, 30), font: Font(size: 20), color: .white, anchor: .center,
      plate: Color(hex: 0xFF0000))
    let image = canvas.image
    #expect(image[100, 19] == (255, 0, 0))
    #expect(image.pixels.contains(255) && image[5, 5] == (255, 255, 255))
  }

  @Test func `the extension chooses the format of a drawing`() throws {
    try withTemporaryFolder { folder in
      let canvas = try Canvas(width: 64, height: 48, background: Color(hex: 0x204060))
      canvas.text("curve", at: (4, 4), font: Font(size: 12), color: .white)
      canvas.line(from: (0, 40), to: (64, 20), color: .white, lineWidth: 2)

      let png = folder.appending(path: "drawing.png")
      try canvas.write(to: png)
      #expect(try Image(contentsOf: png) == canvas.image)

      let jpeg = folder.appending(path: "drawing.jpg")
      try canvas.write(to: jpeg)
      #expect(try EncodedImage(contentsOf: jpeg).format == .jpeg)

      let svg = folder.appending(path: "drawing.SVG")
      try canvas.write(to: svg)
      let text = try String(contentsOf: svg, encoding: .utf8)
      #expect(text.contains("<svg") && text.contains("</svg>"))
      #expect(text.contains("width=\"64px\"") && text.contains("height=\"48px\""))
      #expect(text.contains("stroke-width") && !text.contains("<image"))

      let error = #expect(throws: ImageError.self) {
        try canvas.write(to: folder.appending(path: "drawing.pdf"))
      }
      #expect(error?.description.contains(".svg") == true)
    }
  }

  @Test func `a picture too large for Cairo is an error`() throws {
    #expect(throws: ImageError.self) { try Canvas(Image(width: 40_000, height: 1)) }
  }

  private func darkBounds(_ image: Image) -> (left: Int, top: Int, right: Int, bottom: Int) {
    var bounds = (left: image.width, top: image.height, right: -1, bottom: -1)
    for y in 0..<image.height {
      for x in 0..<image.width where image[x, y].red < 128 {
        bounds = (
          min(bounds.left, x), min(bounds.top, y), max(bounds.right, x), max(bounds.bottom, y)
        )
      }
    }
    return bounds
  }
}
