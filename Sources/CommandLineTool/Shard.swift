import ArgumentParser
import Datasets

/// A share of the work as it is written on the command line: `3/8` is the third of eight parts.
enum Shard {
  static let help = ArgumentHelp(
    "Work on the K-th of N parts of the images alone, as even as can be and in their order.",
    valueName: "K/N")

  static func parse(_ text: String) throws -> Share {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let part = numbers[0], let count = numbers[1], count > 0,
      (1...count).contains(part)
    else {
      throw ValidationError("`\(text)` is no part: --shard takes K/N, such as 1/8 to 8/8")
    }
    return Share(part - 1, of: count)
  }
}
