import Images
import Testing

@Suite struct ScaledCanvasTests {
  @Test func `a canvas of scale 2 draws everything twice as large`() throws {
    let canvas = try Canvas(width: 16, height: 12, scale: 2, background: .black)
    canvas.fill(Rectangle(x: 2, y: 1, width: 3, height: 4), color: .white)
    let image = canvas.image
    for y in 0..<12 {
      for x in 0..<16 {
        let isInside = (4..<10).contains(x) && (2..<10).contains(y)
        #expect(image[x, y].red == (isInside ? 255 : 0))
      }
    }
  }

  @Test func `a picture keeps its pixels where the scale makes room for them`() throws {
    var picture = Image(width: 8, height: 8, fill: (0, 0, 0))
    for y in 0..<8 { for x in 0..<8 where (x + y) % 2 == 0 { picture[x, y] = (255, 255, 255) } }
    let canvas = try Canvas(width: 8, height: 8, scale: 4)
    canvas.draw(picture, in: Rectangle(x: 0, y: 0, width: 2, height: 2))
    #expect(canvas.image == picture)
  }

  @Test func `what is drawn clipped stays inside the rectangle`() throws {
    let canvas = try Canvas(width: 10, height: 10, background: .black)
    let everything = Rectangle(x: 0, y: 0, width: 10, height: 10)
    canvas.clipped(to: Rectangle(x: 2, y: 3, width: 4, height: 5)) {
      canvas.fill(everything, color: .white)
    }
    let image = canvas.image
    #expect(image.pixels.count { $0 == 255 } == 3 * 4 * 5)
    #expect(image[2, 3].red == 255 && image[5, 7].red == 255 && image[6, 7].red == 0)
    canvas.fill(everything, color: .white)
    #expect(canvas.image.pixels.allSatisfy { $0 == 255 })
  }

  @Test func `a dashed outline has gaps`() throws {
    let canvas = try Canvas(width: 60, height: 30)
    canvas.stroke(
      Rectangle(x: 5, y: 5, width: 50, height: 20), color: .black, lineWidth: 2, dashes: [5, 5])
    let image = canvas.image
    let line = (6..<54).map { image[$0, 5].red < 128 }
    #expect(line.contains(true) && line.contains(false))
  }

  @Test func `a paragraph grows by lines where its width shrinks`() throws {
    let canvas = try Canvas(width: 10, height: 10)
    let font = Font(size: 20)
    let text = "several words that need more than one line"
    let whole = canvas.height(ofParagraph: text, font: font, width: 5000)
    let broken = canvas.height(ofParagraph: text, font: font, width: 150)
    #expect(whole > 18 && whole < 40)
    #expect(broken > 2.5 * whole)
  }

  @Test func `an index is smaller than its letter, and stands lower`() throws {
    let canvas = try Canvas(width: 10, height: 10)
    let font = Font(size: 40)
    let plain = canvas.size(of: "xnnnn", font: font)
    let indexed = canvas.size(of: Formula("x_{nnnn}"), font: font)
    #expect(indexed.width < 0.9 * plain.width && indexed.width > 0.6 * plain.width)
  }

  @Test func `only a formula's own marks are marks`() throws {
    let canvas = try Canvas(width: 10, height: 10)
    let font = Font(size: 20)
    for text in ["a < b & c > d", "<b>", "conv4_3", "{x}", "2 * 3", "_{", "*{x"]
    where text.count > 2 {
      let size = canvas.size(of: Formula(text), font: font)
      guard !text.contains("*{") else {
        #expect(size.width < canvas.size(of: text, font: font).width)
        continue
      }
      #expect(size == canvas.size(of: text, font: font), "\(text)")
    }
  }

  @Test func `a painter keeps plates inside the frame that it is given`() throws {
    let canvas = try Canvas(width: 300, height: 200)
    let frame = Rectangle(x: 100, y: 60, width: 120, height: 100)
    BoxPainter(lineWidth: 2, fontSize: 12).paint(
      [
        LabeledBox(
          rectangle: Rectangle(x: 104, y: 62, width: 40, height: 40), text: "a label",
          color: .black)
      ], on: canvas, in: frame)
    let image = canvas.image
    for y in 0..<200 {
      for x in 0..<300 where image[x, y].red < 200 {
        #expect((98...222).contains(x) && (58...162).contains(y))
      }
    }
  }
}
