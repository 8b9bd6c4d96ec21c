import Images
import Testing

@Suite struct ContactSheetTests {
  private func entries(_ count: Int) -> [ContactSheet.Entry] {
    (0..<count).map { index in
      ContactSheet.Entry(
        image: Image(width: 40, height: 30, fill: (200, UInt8(index * 20), 0)),
        caption: "picture \(index)")
    }
  }

  @Test func `every picture is on the sheet, row by row`() throws {
    var sheet = ContactSheet(title: "Title", entries: entries(5), columns: 3, thumbnailWidth: 100)
    let image = try sheet.canvas.image
    var order: [UInt8] = []
    for y in 0..<image.height {
      for x in 0..<image.width where image[x, y].red == 200 && image[x, y].blue == 0 {
        if !order.contains(image[x, y].green) { order.append(image[x, y].green) }
      }
    }
    #expect(order == [0, 20, 40, 60, 80])
    let area = image.pixels.indices.filter { $0 % 3 == 0 && image.pixels[$0] == 200 }.count
    // 5 places of 100 x 75 pixels, less their rounded corners.
    #expect((36_000...37_600).contains(area))

    sheet.columns = 5
    #expect(try sheet.canvas.height < image.height && sheet.canvas.width > image.width)
  }

  @Test func `a portrait keeps its proportions`() throws {
    let tall = ContactSheet.Entry(image: Image(width: 30, height: 90, fill: (250, 0, 0)))
    let image = try ContactSheet(title: "", entries: [tall], thumbnailWidth: 160).canvas.image
    let row = (0..<image.width).filter { image[$0, image.height / 2].red == 250 }.count
    let column = (0..<image.height).filter { image[image.width / 2, $0].red == 250 }.count
    #expect((row, column) == (40, 120))
  }

  @Test func `keys show each colour and wrap where a line is full`() throws {
    let plain = ContactSheet(title: "Title", entries: entries(2), thumbnailWidth: 200)
    var sheet = plain
    sheet.keys = [.init("cat", Color(hex: 0xFF0000)), .init("dog", Color(hex: 0x00FF00))]
    let image = try sheet.canvas.image
    func has(_ red: UInt8, _ green: UInt8) -> Bool {
      (0..<image.height).contains { y in
        (0..<image.width).contains { x in
          let pixel = image[x, y]
          return (pixel.red, pixel.green, pixel.blue) == (red, green, 0)
        }
      }
    }
    #expect(has(255, 0) && has(0, 255))
    let line = try image.height - plain.canvas.height
    #expect(line > 0)
    sheet.keys = (1...12).map { .init("a class of number \($0)", Color(hex: 0xFF0000)) }
    #expect(try sheet.canvas.height - plain.canvas.height >= 3 * line)
    #expect(try sheet.canvas.width == plain.canvas.width)
  }

  @Test func `a sheet without pictures still shows its title`() throws {
    let canvas = try ContactSheet(title: "Nothing here", entries: []).canvas
    #expect(canvas.image.pixels.contains { $0 > 200 })
  }

  @Test func `a sheet of very many pictures stays drawable`() throws {
    let sheet = ContactSheet(
      title: "Many", entries: Array(repeating: entries(1)[0], count: 300), columns: 1,
      thumbnailWidth: 280)
    #expect(try sheet.canvas.height <= Canvas.maximumSide)
  }
}
