import Foundation
import Images

/// Writes a film frame by frame; ``finish()`` adds the sound of the original.
final class FilmWriter {
  private let film: Film
  private let output: URL
  /// Beside the output, without sound.
  private let silent: URL
  private let tool: FFmpegTool
  private let frames: FileHandle
  private var frameCount = 0

  /// The endings that are written.
  static let fileExtensions = ["mp4", "m4v", "mov", "mkv", "webm", "avi"]

  /// - Parameters:
  ///   - output: a file of one of ``fileExtensions``; replaced if it exists.
  ///   - film: whose size, frame rate and sound the new one has.
  init(_ output: URL, like film: Film) throws {
    guard Self.fileExtensions.contains(output.pathExtension.lowercased()) else {
      throw CommandError(
        """
        \(output.relativePath): a film's name must end in one of \
        \(Self.fileExtensions.map { ".\($0)" }.joined(separator: ", "))
        """)
    }
    // A child that ends early shall be an error of writing, not the end of this program.
    signal(SIGPIPE, SIG_IGN)
    self.film = film
    self.output = output
    silent = output.deletingLastPathComponent().appending(
      path: ".\(UUID().uuidString).\(output.pathExtension)")
    let (reading, writing) = try FFmpegTool.pipe()
    frames = writing
    tool = try FFmpegTool(
      "ffmpeg",
      [
        "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", "\(film.width)x\(film.height)", "-r", "\(film.frameRate)", "-i", "pipe:0",
        // The colour format that every player knows has one colour for four pixels: sides are even.
        "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p",
        silent.absoluteURL.path,
      ], input: reading.handedOver())
  }

  deinit { try? FileManager.default.removeItem(at: silent) }

  /// Adds a frame of the film's size.
  func write(_ frame: Image) throws {
    let descriptor = frames.fileDescriptor
    let isWritten = frame.pixels.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let sent = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if sent < 0, errno == EINTR { continue }
        guard sent > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest[sent...])
      }
      return true
    }
    guard isWritten else {
      try finishFrames()
      throw CommandError("\(output.relativePath): ffmpeg ended before the film did")
    }
    frameCount += 1
  }

  /// Completes the film: as long as there were frames, with the original's sound.
  func finish() throws {
    try finishFrames()
    guard frameCount > 0 else { throw CommandError("\(film.file.relativePath) has no frames") }
    if film.hasSound {
      // As it is, or encoded anew where the container cannot hold it.
      do { try addSound(["-c", "copy"]) } catch { try addSound(["-c:v", "copy"]) }
    } else {
      guard rename(silent.path, output.path) == 0 else {
        throw CommandError("\(output.relativePath): \(String(cString: strerror(errno)))")
      }
    }
  }

  private func finishFrames() throws {
    try? frames.close()
    try tool.finish("\(output.relativePath) cannot be written")
  }

  private func addSound(_ codecs: [String]) throws {
    let seconds = String(Double(frameCount) / film.frameRate.value)
    try FFmpegTool(
      "ffmpeg",
      [
        "-nostdin", "-v", "error", "-y", "-i", silent.absoluteURL.path,
        "-t", seconds, "-i", film.file.absoluteURL.path, "-map", "0:v", "-map", "1:a",
      ] + codecs + [output.absoluteURL.path]
    ).finish("\(output.relativePath) cannot be written")
  }
}
