import Images
import Testing

@Suite struct BoxPainterTests {
  let red = Color(hex: 0xE53935)

  private func count(_ image: Image, _ isWanted: ((UInt8, UInt8, UInt8)) -> Bool) -> Int {
    (0..<image.height).reduce(0) { sum, y in
      sum
        + (0..<image.width).filter { x in
          let pixel = image[x, y]
          return isWanted((pixel.red, pixel.green, pixel.blue))
        }.count
    }
  }

  @Test func `a box is drawn on its edges and leaves its inside alone`() throws {
    let grey = Image(width: 400, height: 300, fill: (128, 128, 128))
    let box = Rectangle(x: 100, y: 80, width: 200, height: 150)
    let image = try BoxPainter().paint(
      [LabeledBox(rectangle: box, text: "", color: red)], on: grey)
    #expect(image[100, 150] == (0xE5, 0x39, 0x35) && image[300, 150] == (0xE5, 0x39, 0x35))
    #expect(image[200, 80] == (0xE5, 0x39, 0x35) && image[200, 230] == (0xE5, 0x39, 0x35))
    #expect(image[200, 150] == (128, 128, 128) && image[20, 20] == (128, 128, 128))
  }

  @Test(arguments: [
    Rectangle(x: 0, y: 0, width: 300, height: 200),
    Rectangle(x: 290, y: 190, width: 40, height: 40),
    Rectangle(x: -50, y: -60, width: 80, height: 70),
    Rectangle(x: 280, y: 0, width: 20, height: 10),
    Rectangle(x: 0, y: 195, width: 10, height: 5), Rectangle(x: 100, y: 90, width: 3, height: 3),
  ])
  func `the plate is whole inside the picture wherever the box lies`(_ box: Rectangle) throws {
    func plateArea(_ box: Rectangle, _ width: Int, _ height: Int) throws -> Int {
      let painter = BoxPainter(lineWidth: 0.01, fontSize: 14)
      let image = try painter.paint(
        [LabeledBox(rectangle: box, text: "person 0.87", color: Color(hex: 0x00FF00))],
        on: Image(width: width, height: height, fill: (255, 0, 0)))
      return count(image) { $0.0 < 60 }
    }
    let free = Rectangle(x: 300, y: 300, width: 50, height: 50)
    let whole = try plateArea(free, 800, 800)
    #expect(abs(try plateArea(box, 300, 200) - whole) < whole / 20)
  }

  @Test func `plates of boxes in one place do not hide each other`() throws {
    func plateArea(_ boxes: Int) throws -> Int {
      let image = try BoxPainter(lineWidth: 0.01, fontSize: 14).paint(
        (0..<boxes).map { index in
          LabeledBox(
            rectangle: Rectangle(x: 150 + Double(index), y: 150, width: 150, height: 120),
            text: "person 0.87", color: Color(hex: 0x00FF00))
        }, on: Image(width: 500, height: 400, fill: (255, 0, 0)))
      return count(image) { $0.0 < 60 }
    }
    let one = try plateArea(1)
    for boxes in 2...6 {
      #expect(try plateArea(boxes) > Int(0.93 * Double(boxes * one)))
    }
  }

  @Test func `letters and lines grow with the picture`() throws {
    let areas = try [(160, 120), (500, 375), (2000, 1500)].map { width, height in
      let box = Rectangle(
        x: 0.3 * Double(width), y: 0.3 * Double(height), width: 0.4 * Double(width),
        height: 0.4 * Double(height))
      let image = try BoxPainter().paint(
        [LabeledBox(rectangle: box, text: "cat 0.5", color: Color(hex: 0x00FF00))],
        on: Image(width: width, height: height, fill: (255, 0, 0)))
      return count(image) { $0.0 < 60 }
    }
    #expect(areas[0] > 200)
    #expect(areas[1] > 2 * areas[0] && areas[2] > 4 * areas[1])
  }

  @Test func `a text wider than the picture is cut`() throws {
    let image = try BoxPainter().paint(
      [
        LabeledBox(
          rectangle: Rectangle(x: 2, y: 2, width: 20, height: 20),
          text: String(repeating: "wide ", count: 40), color: red)
      ], on: Image(width: 60, height: 40))
    #expect((image.width, image.height) == (60, 40))
  }

  @Test func `boxes without area or beyond the picture draw nothing`() throws {
    let plain = Image(width: 50, height: 50, fill: (9, 9, 9))
    let boxes = [
      Rectangle(x: 60, y: 10, width: 10, height: 10), Rectangle(x: 10, y: 10, width: 0, height: 5),
      Rectangle(x: 10, y: 10, width: 5, height: -5), Rectangle(x: .nan, y: 0, width: 5, height: 5),
      Rectangle(x: -30, y: 0, width: 20, height: 5),
    ].map { LabeledBox(rectangle: $0, text: "ghost", color: red) }
    #expect(try BoxPainter().paint(boxes, on: plain) == plain)
  }
}
