import Foundation

/// A line of output taken apart into numbers and what stands between them.
struct PrintedLine {
  private var texts: [String] = []
  private var numbers: [String] = []

  init(_ line: String) {
    var rest = line[...]
    // swift-format-ignore: NeverUseForceTry
    let number = try! Regex("-?[0-9]+(\\.[0-9]+)?(e-?[0-9]+)?")
    while let match = rest.firstMatch(of: number) {
      texts.append(String(rest[..<match.range.lowerBound]))
      numbers.append(String(rest[match.range]))
      rest = rest[match.range.upperBound...]
    }
    texts.append(String(rest))
  }

  /// Whether `printed` says the same in more digits. Whole numbers have to be equal.
  func isRounded(_ printed: PrintedLine) -> Bool {
    texts == printed.texts
      && zip(numbers, printed.numbers).allSatisfy { claimed, exact in
        guard let point = claimed.firstIndex(of: ".") else { return claimed == exact }
        guard let claimedValue = Double(claimed), let value = Double(exact) else { return false }
        let digits = claimed.distance(from: point, to: claimed.endIndex) - 1
        return abs(claimedValue - value) <= 0.500001 * pow(10, -Double(digits))
      }
  }
}
