import Foundation
import MultiBox
import SSD
import TestSupport
import Testing

@Suite("ssd detect on films")
struct FilmTests {
  private static let hasFFmpeg = (ProcessInfo.processInfo.environment["PATH"] ?? "")
    .split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/ffmpeg") }

  private func model(in folder: URL) throws -> String {
    let file = folder.appending(path: "model.safetensors")
    try ModelFile.write(
      SSDNetwork(.ssd300Tiny(classes: ClassList(["circle", "square"]))), to: file)
    return file.path
  }

  /// One second of ffmpeg's test picture with a tone, 10 frames a second, of an odd width.
  private func clip(_ folder: URL, _ options: String..., name: String = "clip.mp4") throws -> URL {
    let file = folder.appending(path: name)
    _ = try output(
      "ffmpeg",
      [
        "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=84x60:rate=10:duration=1", "-f",
        "lavfi", "-i", "sine=duration=1", "-pix_fmt", "yuv420p",
      ] + options + [file.path])
    return file
  }

  private func output(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }

  /// `codec,width,height,frames` of the picture and `codec` of the sound.
  private func streams(_ file: URL) throws -> [String] {
    try output(
      "ffprobe",
      [
        "-v", "error", "-count_frames", "-show_entries",
        "stream=codec_type,width,height,nb_read_frames", "-of", "csv=p=0", file.path,
      ]
    ).split(separator: "\n").map { String($0) }
  }

  @Test(.enabled(if: hasFFmpeg, "needs ffmpeg"))
  func aFilmIsCopiedFrameByFrameWithItsSound() throws {
    try withTemporaryFolder { folder in
      let film = try clip(folder)
      let copy = folder.appending(path: "found.mp4")
      let json = folder.appending(path: "found.json")
      let outcome = try CommandLineTool.run([
        "detect", model(in: folder), film.path, "--output", copy.path, "--json", json.path,
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("10 frames"))
      let streams = try streams(copy)
      #expect(streams.first == "video,84,60,10")
      #expect(streams.count == 2 && streams.last?.hasPrefix("audio") == true, "\(streams)")
      let frames = try #require(
        JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [[String: Any]])
      #expect(frames.map { $0["frame"] as? Int } == Array(0..<10))
      #expect(frames.last?["time"] as? Double == 0.9)
      #expect(frames.first?["width"] as? Int == 84)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.filter { $0.hasPrefix(".") }.isEmpty, "files are left behind: \(left)")
    }
  }

  @Test(.enabled(if: hasFFmpeg, "needs ffmpeg"), arguments: [false, true])
  func aFilmWithoutSoundIsCopiedToo(replaces: Bool) throws {
    try withTemporaryFolder { folder in
      let film = try clip(folder, "-map", "0:v")
      let copy = folder.appending(path: "found.mp4")
      if replaces { try Data("an older file".utf8).write(to: copy) }
      let outcome = try CommandLineTool.run([
        "detect", model(in: folder), film.path, "--output", copy.path,
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try streams(copy) == ["video,84,60,10"])
    }
  }

  @Test(.enabled(if: hasFFmpeg, "needs ffmpeg"))
  func aFilmThatLiesOnItsSideIsTurned() throws {
    try withTemporaryFolder { folder in
      let lying = folder.appending(path: "lying.mp4")
      _ = try output(
        "ffmpeg",
        [
          "-v", "error", "-i", clip(folder).path, "-c", "copy", "-metadata:s:v", "rotate=90",
          lying.path,
        ])
      let copy = folder.appending(path: "found.mkv")
      let outcome = try CommandLineTool.run([
        "detect", model(in: folder), lying.path, "--output", copy.path,
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try streams(copy).first == "video,60,84,10")
    }
  }

  @Test(.enabled(if: hasFFmpeg, "needs ffmpeg"))
  func whatIsNoFilmIsRefusedByName() throws {
    try withTemporaryFolder { folder in
      let model = try model(in: folder)
      let text = folder.appending(path: "text.mp4")
      try Data("no film at all".utf8).write(to: text)
      let broken = try CommandLineTool.run(["detect", model, text.path])
      #expect(broken.status == 1)
      #expect(broken.errors.contains("text.mp4 cannot be read as a film"), "\(broken.errors)")

      let film = try clip(folder)
      for (arguments, words) in [
        ([film.path, film.path], "one at a time"),
        ([film.path, "--output", film.path], "name another --output"),
        ([film.path, "--output", folder.path], "must end in one of .mp4"),
        ([film.path, "--sheet", "sheet.png"], "--sheet is for images"),
      ] {
        let outcome = try CommandLineTool.run(["detect", model] + arguments)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
      }
    }
  }

  @Test func aMissingFFmpegIsNamedWithThePackageThatHasIt() throws {
    try withTemporaryFolder { folder in
      let film = folder.appending(path: "film.mp4")
      try Data("film".utf8).write(to: film)
      let outcome = try CommandLineTool.run(
        ["detect", model(in: folder), film.path], environment: ["PATH": folder.path])
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("apt-get install ffmpeg"), "\(outcome.errors)")
    }
  }
}
