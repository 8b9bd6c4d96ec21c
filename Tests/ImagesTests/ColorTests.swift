import Foundation
import Images
import Testing

@Suite struct ColorTests {
  /// Lightness and the two opponent axes of CIELAB (D65): a measure that the colours were not
  /// chosen by.
  private func lab(_ color: Color) -> (Double, Double, Double) {
    let linear = [color.red, color.green, color.blue].map { value in
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let x = (0.4124564 * linear[0] + 0.3575761 * linear[1] + 0.1804375 * linear[2]) / 0.95047
    let y = 0.2126729 * linear[0] + 0.7151522 * linear[1] + 0.0721750 * linear[2]
    let z = (0.0193339 * linear[0] + 0.1191920 * linear[1] + 0.9503041 * linear[2]) / 1.08883
    func f(_ t: Double) -> Double { t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116 }
    return (116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z)))
  }

  private func difference(_ a: Color, _ b: Color) -> Double {
    let (a, b) = (lab(a), lab(b))
    return (pow(a.0 - b.0, 2) + pow(a.1 - b.1, 2) + pow(a.2 - b.2, 2)).squareRoot()
  }

  /// A difference (CIE 1976) of 2.3 is just noticeable.
  @Test(arguments: [(2, 60.0), (6, 35), (12, 18), (20, 12), (21, 12), (80, 4), (90, 3)])
  func `distinct colours differ visibly`(_ count: Int, _ least: Double) {
    let colors = (0..<count).map { Color.distinct($0, of: count) }
    for a in 0..<count {
      for b in 0..<a {
        #expect(difference(colors[a], colors[b]) > least, "\(a) and \(b) of \(count)")
      }
    }
  }

  @Test func `neighbouring indices differ clearly, also among many`() {
    for count in [20, 80] {
      for index in 1..<count {
        let (a, b) = (Color.distinct(index - 1, of: count), Color.distinct(index, of: count))
        #expect(difference(a, b) > 30)
      }
    }
  }

  @Test func `text on every distinct colour is readable`() {
    for count in [1, 12, 20, 80] {
      for index in 0..<count {
        let color = Color.distinct(index, of: count)
        // WCAG 2.1 asks for 4.5 to 1.
        #expect(color.contrast(with: color.readableText) >= 4.5)
      }
    }
  }

  @Test func `any index and count give a colour`() {
    #expect(Color.distinct(-1, of: 5) == Color.distinct(4, of: 5))
    #expect(Color.distinct(7, of: 5) == Color.distinct(2, of: 5))
    #expect(Color.distinct(3, of: 0) == Color.distinct(0, of: 1))
  }

  @Test func `black on white has WCAG's largest contrast`() {
    #expect(abs(Color.black.contrast(with: .white) - 21) < 1e-9)
    #expect(Color(hex: 0xFFFF00).readableText == .black)
    #expect(Color(hex: 0x00007F).readableText == .white)
  }
}
