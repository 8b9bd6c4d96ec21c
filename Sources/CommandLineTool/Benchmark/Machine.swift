import Foundation

/// What a measurement was made on.
struct Machine: Encodable {
  /// The processor's name, as the system gives it.
  let processor: String
  /// Processors that this process may use.
  let cores: Int
  /// The vector instructions that matter here.
  let features: [String]

  init() {
    let lines = Self.lines(of: "/proc/cpuinfo")
    processor = lines["model name"] ?? "an unnamed processor"
    cores = ProcessInfo.processInfo.activeProcessorCount
    let known = Set((lines["flags"] ?? lines["Features"] ?? "").split(separator: " "))
    features = Self.interesting.filter { known.contains(Substring($0)) }
  }

  /// As Linux spells them, for x86-64 and arm64.
  private static let interesting = [
    "avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8",
    "asimd", "asimddp", "i8mm", "bf16", "sve",
  ]

  /// The machine's memory, in bytes.
  struct Memory: Encodable {
    let total: Int
    /// What programs can still have of it.
    let available: Int

    init() {
      let lines = Machine.lines(of: "/proc/meminfo")
      total = Machine.bytes(lines["MemTotal"])
      available = Machine.bytes(lines["MemAvailable"])
    }
  }

  /// Of a text such as `12 kB`.
  private static func bytes(_ text: String?) -> Int {
    1024 * (text?.split(separator: " ").first.flatMap { Int($0) } ?? 0)
  }

  /// The most memory that this process has had in RAM so far, in bytes.
  static var peakMemory: Int {
    // `getrusage` would count what the process was before it became this program.
    bytes(lines(of: "/proc/self/status")["VmHWM"])
  }

  /// The values of a file of `key: value` lines, of equal keys the first one's.
  private static func lines(of file: String) -> [String: String] {
    let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
      let parts = line.split(separator: ":", maxSplits: 1)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
    return Dictionary(pairs) { first, _ in first }
  }
}

extension Machine: CustomStringConvertible {
  var description: String {
    "\(processor), \(cores) core\(cores == 1 ? "" : "s") (\(features.joined(separator: ", ")))"
  }
}
