import Foundation
import Images

/// The frames of a film, one after the other, evenly spaced in time.
final class FilmReader: @unchecked Sendable {
  private let film: Film
  private let tool: FFmpegTool
  private let frames: FileHandle

  init(_ film: Film) throws {
    self.film = film
    let (reading, writing) = try FFmpegTool.pipe()
    frames = reading
    tool = try FFmpegTool(
      "ffmpeg",
      [
        "-nostdin", "-v", "error", "-i", film.file.absoluteURL.path, "-map", "0:\(film.stream)",
        // The size stays what was announced even where a film changes it on the way.
        "-vf", "scale=\(film.width):\(film.height)", "-r", "\(film.frameRate)",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1",
      ], output: writing.handedOver())
  }

  /// The next frame, or nil at the end. Called by one thread at a time.
  /// - Throws: ``CommandError`` when the film is broken.
  func next() throws -> Image? {
    let size = film.width * film.height * 3
    let descriptor = frames.fileDescriptor
    let frame = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = 0
      while count < size {
        let received = read(descriptor, buffer.baseAddress! + count, size - count)
        if received < 0, errno == EINTR { continue }
        guard received > 0 else { break }
        count += received
      }
    }
    if frame.count == size { return Image(width: film.width, height: film.height, pixels: frame) }
    try tool.finish("\(film.file.relativePath) cannot be read to its end")
    return nil
  }

  /// Ends reading before the film ends.
  func stop() { tool.stop() }
}
