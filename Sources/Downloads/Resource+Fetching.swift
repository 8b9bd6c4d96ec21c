import Foundation

extension Resource {
  /// Where resources go unless told otherwise: `swift-ssd` in the user's cache folder, which is
  /// `$XDG_CACHE_HOME` or `~/.cache`.
  public static func cacheFolder(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL {
    // The specification says that a relative path is to be ignored.
    let cache = environment["XDG_CACHE_HOME"].flatMap {
      $0.hasPrefix("/") ? URL(filePath: $0) : nil
    }
    return (cache ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache"))
      .appending(path: "swift-ssd")
  }

  /// Fetches the resource into a folder unless it is there; an archive is unpacked and removed.
  ///
  /// - Returns: the file, or the folder that the archive holds.
  /// - Throws: ``DownloadError``.
  public func fetch(
    into folder: URL,
    progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Bool = { _, _ in true }
  ) throws -> URL {
    guard let unpackedMark else {
      return try FileDownload(file, into: folder).run(progress: progress)
    }
    let top = folder.appending(path: unpackedMark.prefix { $0 != "/" })
    if FileManager.default.fileExists(atPath: folder.appending(path: unpackedMark).path) {
      return top
    }
    let archive = try FileDownload(file, into: folder).run(progress: progress)
    try unpack(archive, into: folder)
    try? FileManager.default.removeItem(at: archive)
    return top
  }

  /// Unpacks beside the destination, then moves: nobody finds half a data set.
  private func unpack(_ archive: URL, into folder: URL) throws {
    let files = FileManager.default
    let scratch = folder.appending(path: ".\(name).unpacking")
    try? files.removeItem(at: scratch)
    defer { try? files.removeItem(at: scratch) }
    do {
      try files.createDirectory(at: scratch, withIntermediateDirectories: true)
      let tar = Process()
      tar.executableURL = URL(filePath: "/usr/bin/env")
      // The archives hold VOCdevkit/VOC2007/...
      tar.arguments = [
        "tar", "-xf", archive.path, "-C", scratch.path, "--strip-components=1", "--no-same-owner",
      ]
      tar.standardInput = FileHandle.nullDevice
      try tar.run()
      tar.waitUntilExit()
      guard tar.terminationStatus == 0 else {
        throw DownloadError(
          file.url, .unpacking(path: archive.path, status: tar.terminationStatus))
      }
      try merge(scratch, into: folder)
    } catch let error as DownloadError {
      throw error
    } catch { throw DownloadError(file.url, .disk(path: folder.path, reason: "\(error)")) }
  }

  /// Moves everything in a folder into another one; folders of the same name become one.
  private func merge(_ source: URL, into target: URL) throws {
    let files = FileManager.default
    // The lists come last, for one of them tells that all is there.
    let names = try files.contentsOfDirectory(atPath: source.path)
      .sorted { ($0 == "ImageSets" ? 1 : 0, $0) < ($1 == "ImageSets" ? 1 : 0, $1) }
    for name in names {
      let (from, to) = (source.appending(path: name), target.appending(path: name))
      var isFolder: ObjCBool = false
      if !files.fileExists(atPath: to.path, isDirectory: &isFolder) {
        try files.moveItem(at: from, to: to)
      } else if isFolder.boolValue {
        try merge(from, into: to)
      } else {
        try files.removeItem(at: to)
        try files.moveItem(at: from, to: to)
      }
    }
  }
}
