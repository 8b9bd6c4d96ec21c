import Foundation
import MultiBox
import Weights

/// Damages files in every way it can think of and opens them. Nothing may crash, hang or take memory;
/// whether a file opens or is refused does not matter.
struct Fuzzer {
  /// The most memory that reading may take beyond the file's own size.
  private static let allowance = 64 << 20
  /// The most seconds that one file may take.
  private static let patience: UInt32 = 10

  private let seed: UInt64
  private let seeds: [(name: String, bytes: [UInt8])]

  init(seed: UInt64, seeds: [(name: String, bytes: [UInt8])]) {
    self.seed = seed
    self.seeds = seeds
  }

  func run(count: Int) {
    watchForCrashes()
    let largest = seeds.map(\.bytes.count).max() ?? 0
    for (name, bytes) in seeds {
      open(bytes)
      print("seed: \(name), \(bytes.count) bytes, \(outcome(bytes))")
    }
    limitMemory(to: 8 * largest + Self.allowance)
    var opened = 0
    var longest = 0.0
    let start = ContinuousClock.now
    for number in 0..<count {
      currentInput = UInt64(number)
      var random = RandomBits(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(number))
      let original = seeds[number % seeds.count].bytes
      let damaged = mutated(original, other: seeds[random.below(seeds.count)].bytes, &random)
      alarm(Self.patience)
      let began = ContinuousClock.now
      if open(damaged) { opened += 1 }
      longest = max(longest, (ContinuousClock.now - began) / .seconds(1))
    }
    alarm(0)
    print(
      "\(count) damaged files in \((ContinuousClock.now - start) / .seconds(1)) s: \(opened) opened "
        + "all the same, \(count - opened) were refused; the longest took \(longest) s; none needed "
        + "more than \((8 * largest + Self.allowance) >> 20) MiB of new memory")
  }

  // MARK: What is tried

  /// Reads all that a file holds. Returns whether it opened.
  @discardableResult
  private func open(_ bytes: [UInt8]) -> Bool {
    (try? openAll(bytes)) != nil
  }

  private func outcome(_ bytes: [UInt8]) -> String {
    do {
      return "\(try openAll(bytes)) tensors"
    } catch { return "refused: \("\(error)".prefix(200))" }
  }

  private func openAll(_ bytes: [UInt8]) throws -> Int {
    let file = MappedFile(bytes, url: URL(filePath: "/damaged"))
    // Every reader, whatever the file's first bytes say.
    for read: (MappedFile) throws -> any TensorArchive in [
      SafeTensors.init, TorchArchive.init, CaffeModel.init,
    ] {
      if let archive = try? read(file) { exhaust(archive) }
    }
    let archive = try openTensorArchive(file)
    exhaust(archive)
    return archive.names.count
  }

  private func exhaust(_ archive: any TensorArchive) {
    for name in archive.names {
      guard let tensor = try? archive.tensor(name) else { continue }
      _ = try? tensor.withBytes { precondition($0.count == tensor.byteCount) }
      if tensor.byteCount < 1 << 16 {
        _ = try? tensor.floats()
        _ = try? tensor.integers()
      }
    }
    guard let checkpoint = try? ImportedCheckpoint(archive) else { return }
    if case .model(let model) = checkpoint { _ = PriorBoxes(model.configuration) }
  }

  // MARK: How files are damaged

  private func mutated(
    _ original: [UInt8], other: [UInt8], _ random: inout RandomBits
  ) -> [UInt8] {
    var bytes = original
    for _ in 0...random.below(4) {
      guard !bytes.isEmpty else { return bytes }
      let position = random.below(bytes.count)
      let length = min(bytes.count - position, 1 + random.below(32))
      let range = position..<position + length
      switch random.below(11) {
      case 0, 1: bytes[position] ^= 1 << UInt8(random.below(8))
      case 2: bytes[position] = UInt8(truncatingIfNeeded: random.next())
      case 3: bytes.removeSubrange(range)
      case 4: bytes.removeLast(bytes.count - position)
      case 5: bytes.insert(contentsOf: bytes[range], at: position)
      case 6:
        // A number that is likely to overflow something.
        let numbers: [UInt64] = [
          0, 1, 0x7F, 0xFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 62, .max >> 1, .max,
        ]
        let size = 1 << random.below(4)
        let number = numbers[random.below(numbers.count)]
        for index in 0..<min(size, bytes.count - position) {
          bytes[position + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index))
        }
      case 7:
        let opcodes = Array("().0125BCGJKMNQRTUX]abdehjlqrstu}".utf8) + Array(0x80...0x98)
        bytes[position] = opcodes[random.below(opcodes.count)]
      case 8:
        let start = random.below(other.count)
        bytes.insert(
          contentsOf: other[start..<min(other.count, start + random.below(64))], at: position)
      case 9:
        let piece = Array(bytes[range])
        for _ in 0..<random.below(64) { bytes.insert(contentsOf: piece, at: position) }
      default:
        // Digits of a header's numbers.
        if let digit = bytes[range].firstIndex(where: { (48...57).contains($0) }) {
          bytes[digit] = UInt8(48 + random.below(10))
        }
      }
    }
    return bytes
  }

  // MARK: What is watched

  /// Makes every allocation beyond the limit fail, which ends the process.
  private func limitMemory(to extra: Int) {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").first.flatMap({ Int($0) })
    else { return }
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    limit.rlim_cur = rlim_t(pages * Int(getpagesize()) + extra)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }

  private func watchForCrashes() {
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
      Glibc.signal(signal) { number in
        // Only what is safe in a handler: no allocation, no locks.
        var digits: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (
          0, 0, 0, 0, 0, 0, 0, 10
        )
        var rest = currentInput
        withUnsafeMutableBytes(of: &digits) { digits in
          for index in (0..<7).reversed() {
            digits[index] = UInt8(48 + rest % 10)
            rest /= 10
          }
          let what: StaticString =
            number == SIGALRM ? "hung on damaged file " : "crashed on damaged file "
          _ = write(2, what.utf8Start, what.utf8CodeUnitCount)
          _ = write(2, digits.baseAddress, 8)
        }
        _exit(1)
      }
    }
  }
}

/// The input being tried, for the signal handlers.
nonisolated(unsafe) private var currentInput: UInt64 = 0

/// SplitMix64: the same numbers for the same seed, everywhere.
private struct RandomBits {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  mutating func below(_ limit: Int) -> Int {
    limit > 0 ? Int(next() % UInt64(limit)) : 0
  }
}
