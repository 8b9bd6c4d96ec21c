#if Downloads
  import ArgumentParser
  import Downloads
  import Foundation
  import Synchronization

  struct DownloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "download", abstract: "Fetch weights or data sets.",
      discussion: """
        \(Resource.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

        What has been fetched is checked and stays in the user's cache folder ($XDG_CACHE_HOME or \
        ~/.cache, then swift-ssd); the same command goes on with what was interrupted. The path of the \
        result is printed, so that it can be used at once:
          ssd detect $(ssd download ssd300-voc) photo.jpg
          ssd train $(ssd download voc2007) --base $(ssd download vgg16)

        The PyTorch tutorial's own checkpoint lies on Google Drive, which asks a browser for \
        confirmation. Open https://drive.google.com/open?id=1bvJfF6r_zYl2xZEpYXxgb7jLQHFZ01Qe, save \
        BEST_checkpoint_ssd300.pth.tar, and use the file wherever a model is asked for.
        """)

    @Argument(
      help: "What to fetch: \(Resource.all.map(\.name).joined(separator: ", ")).")
    var name: String

    @Option(help: "The folder to fetch into, instead of the cache.")
    var to: String?

    mutating func validate() throws {
      guard Resource.named(name) != nil else {
        throw ValidationError(
          "there is no download `\(name)`; choose \(Resource.all.map(\.name).joined(separator: ", "))"
        )
      }
    }

    func run() throws {
      guard let resource = Resource.named(name) else { return }
      let folder = to.map { URL(filePath: $0) } ?? Resource.cacheFolder()
      let bar = Mutex(TransferBar(resource.file.name))
      let interruption = Interruption.shared
      defer { bar.withLock { $0.line.close() } }
      do {
        let result = try resource.fetch(into: folder) { done, total in
          bar.withLock { $0.show(done, of: total) }
          return !interruption.isRequested
        }
        bar.withLock { $0.line.close() }
        print(result.relativePath)
      } catch let error as DownloadError where error.problem == .cancelled {
        throw ExitCode(130)
      }
    }
  }

  /// How far a transfer has come and how long it will take.
  struct TransferBar {
    var line = ProgressLine()
    private let name: String
    private let start = ContinuousClock.now
    private var first: Int?

    init(_ name: String) { self.name = name }

    mutating func show(_ done: Int, of total: Int?) {
      let first = first ?? done
      self.first = first
      let elapsed = start.duration(to: .now) / .seconds(1)
      let rate = elapsed > 0 ? Double(done - first) / elapsed : 0
      let name = name
      line.show(Self.text(name, done: done, total: total, rate: rate))
    }

    private static func text(_ name: String, done: Int, total: Int?, rate: Double) -> String {
      let speed = "\(formatted(bytes: Int(rate)))/s"
      guard let total, total > 0 else { return "\(name) \(formatted(bytes: done)) \(speed)" }
      let fraction = min(Double(done) / Double(total), 1)
      let filled = Int(fraction * 24)
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled)
      let rest = rate > 0 ? ", \(formatted(seconds: Double(total - done) / rate)) left" : ""
      return
        "\(name) [\(bar)] \(Int(fraction * 100)) % of \(formatted(bytes: total)), \(speed)\(rest)"
    }
  }
#endif
