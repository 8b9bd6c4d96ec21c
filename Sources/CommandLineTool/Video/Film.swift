import Foundation

/// A film as `ffprobe` describes it.
struct Film {
  let file: URL
  /// Which of the file's streams shows the picture.
  let stream: Int
  /// Columns as it is shown, with square pixels and turned upright.
  let width: Int
  /// Rows as it is shown.
  let height: Int
  /// Frames a second, as a fraction: `30000/1001`.
  let frameRate: FrameRate
  /// How many frames there are, as far as the file says.
  let frameCount: Int?
  let hasSound: Bool

  /// Endings of files that are taken for films.
  static let fileExtensions = [
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "wmv", "flv", "3gp", "ogv",
  ]

  /// Whether a file's name ends as that of a film.
  static func isFilm(_ file: URL) -> Bool {
    fileExtensions.contains(file.pathExtension.lowercased())
  }

  /// Reads what the file says about itself.
  /// - Throws: ``CommandError`` when it is no film, or `ffprobe` is missing.
  init(_ file: URL) throws {
    let path = file.relativePath
    let data = try FFmpegTool.output(
      "ffprobe",
      ["-v", "error", "-show_streams", "-show_format", "-of", "json", file.absoluteURL.path],
      purpose: "\(path) cannot be read as a film")
    let description = try JSONDecoder().decode(Description.self, from: data)
    let pictures = description.streams.filter {
      $0.codec_type == "video" && $0.disposition?.attached_pic != 1
    }
    guard let picture = pictures.first, let width = picture.width, let height = picture.height,
      width > 0, height > 0
    else { throw CommandError("\(path) has no moving picture") }
    guard let rate = FrameRate(picture.avg_frame_rate) ?? FrameRate(picture.r_frame_rate) else {
      throw CommandError("\(path) does not say how many frames it shows in a second")
    }
    self.file = file
    stream = picture.index
    frameRate = rate
    hasSound = description.streams.contains { $0.codec_type == "audio" }
    let shown = Int((Double(width) * picture.pixelAspect).rounded())
    (self.width, self.height) = picture.isTurned ? (height, shown) : (shown, height)
    let seconds = (picture.duration ?? description.format?.duration).flatMap(Double.init)
    frameCount = seconds.map { Int(($0 * rate.value).rounded()) }
  }
}

/// Frames a second.
struct FrameRate: CustomStringConvertible {
  /// As `ffmpeg` writes and reads it.
  let description: String
  let value: Double

  /// - Parameter text: a fraction such as `30000/1001`; nil comes of what is none, such as `0/0`.
  init?(_ text: String?) {
    let parts = (text ?? "").split(separator: "/").compactMap { Double($0) }
    guard parts.count == 2, parts[0] > 0, parts[1] > 0 else { return nil }
    description = text ?? ""
    value = parts[0] / parts[1]
  }
}

/// What `ffprobe` writes, under its own names.
private struct Description: Decodable {
  let streams: [Stream]
  let format: Format?

  struct Format: Decodable { let duration: String? }

  struct Stream: Decodable {
    let index: Int
    let codec_type: String?
    let width: Int?
    let height: Int?
    let avg_frame_rate: String?
    let r_frame_rate: String?
    let duration: String?
    let sample_aspect_ratio: String?
    let disposition: Disposition?
    let side_data_list: [SideData]?
    let tags: Tags?

    struct Disposition: Decodable { let attached_pic: Int? }
    struct SideData: Decodable { let rotation: Double? }
    struct Tags: Decodable { let rotate: String? }

    /// Whether the picture lies on its side until it is turned; `ffmpeg` turns it.
    var isTurned: Bool {
      let angle =
        side_data_list?.compactMap(\.rotation).first ?? tags?.rotate.flatMap(Double.init) ?? 0
      return Int(angle.magnitude.rounded()) % 180 == 90
    }

    /// Width of a pixel over its height.
    var pixelAspect: Double {
      let parts = (sample_aspect_ratio ?? "").split(separator: ":").compactMap { Double($0) }
      return parts.count == 2 && parts[0] > 0 && parts[1] > 0 ? parts[0] / parts[1] : 1
    }
  }
}
