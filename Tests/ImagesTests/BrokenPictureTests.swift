import Foundation
import Images
import TestSupport
import Testing

@Suite struct BrokenPictureTests {
  static let names = [
    "baseline.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "turned.jpg", "palette.png",
    "alpha.png", "interlaced.png", "rgb16.png", "turned.png", "lossless.webp", "lossy.webp",
    "alpha.webp", "turned.webp",
  ]

  private func error(of data: [UInt8]) -> ImageError.Reason? {
    do {
      _ = try Image(data: data)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test(arguments: names)
  func `a file cut in the middle of its pixels is truncated, not grey`(_ name: String) throws {
    let bytes = try Fixtures.bytes(name)
    for part in [0.6, 0.8, 0.95] {
      let cut = Array(bytes.prefix(Int(Double(bytes.count) * part)))
      #expect(error(of: cut) == .truncated, "\(name) at \(part)")
    }
  }

  @Test(arguments: names)
  func `no prefix of a file crashes, and none far from its end is a picture`(
    _ name: String
  ) throws {
    let bytes = try Fixtures.bytes(name)
    for length in 0..<bytes.count - 40 {
      #expect(error(of: Array(bytes.prefix(length))) != nil, "\(name), \(length) bytes")
    }
    for length in bytes.count - 40..<bytes.count { _ = error(of: Array(bytes.prefix(length))) }
  }

  @Test(arguments: names)
  func `no changed byte crashes`(_ name: String) throws {
    let bytes = try Fixtures.bytes(name)
    for index in bytes.indices {
      for flip: UInt8 in [0xFF, 0x01, 0x80] {
        var changed = bytes
        changed[index] ^= flip
        // A changed size may claim much memory; the decoder must survive, not be fast.
        guard let encoded = try? EncodedImage(data: Data(changed)),
          encoded.width * encoded.height < 1_000_000
        else { continue }
        _ = error(of: changed)
      }
    }
  }

  @Test func `a JPEG that lacks only its end marker is whole`() throws {
    let bytes = try Fixtures.bytes("baseline.jpg")
    #expect(Array(bytes.suffix(2)) == [0xFF, 0xD9])
    #expect(try Image(data: Array(bytes.dropLast(2))) == Fixtures.expected("baseline.jpg"))
  }

  @Test func `bytes after the end of a picture do not matter`() throws {
    for name in Self.names {
      let padded = try Fixtures.bytes(name) + Array(repeating: 0x00, count: 100)
      #expect(try Image(data: padded) == Fixtures.expected(name))
    }
  }

  @Test func `nothing, garbage and other formats are told apart`() throws {
    #expect(error(of: []) == .empty)
    #expect(error(of: Array("GIF89a and so on, long enough for a header".utf8)) == .unknownFormat)
    #expect(error(of: [0xFF]) == .unknownFormat)
    #expect(error(of: [0xFF, 0xD8]) == .truncated)
    #expect(error(of: Array(repeating: 0, count: 1000)) == .unknownFormat)
  }

  @Test func `a size of zero is broken`() throws {
    let jpeg = try jpegClaiming(width: 0, height: 10)
    #expect(error(of: jpeg) == .broken("the header claims 0 x 10 pixels"))
    let png = try Fixtures.bytes("grey.png").replacing(16, with: [0, 0, 0, 0])
    #expect(error(of: png) == .broken("the header claims 0 x 29 pixels"))
  }

  @Test func `an absurd size is refused before memory is asked for`() throws {
    let jpeg = try jpegClaiming(width: 65535, height: 65535)
    #expect(error(of: jpeg) == .tooLarge(width: 65535, height: 65535))
    let png = try Fixtures.bytes("grey.png").replacing(
      16, with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
    #expect(error(of: png) == .tooLarge(width: 0xFFFF_FFFF, height: 0xFFFF_FFFF))
  }

  @Test func `a JPEG with thousands of scans is refused`() throws {
    let bytes = try Fixtures.bytes("progressive.jpg")
    let scan = try #require(
      bytes.indices.last { bytes[$0] == 0xFF && $0 + 1 < bytes.count && bytes[$0 + 1] == 0xDA })
    let lastScan = Array(bytes[scan..<bytes.count - 2])
    var bomb = Array(bytes.dropLast(2))
    for _ in 0..<2000 { bomb += lastScan }
    bomb += [0xFF, 0xD9]
    #expect(error(of: bomb) == .broken("more than 500 scans"))
  }

  @Test func `an animated WebP is refused by name`() throws {
    let bytes = try Fixtures.bytes("animated.webp")
    #expect(error(of: bytes) == .unsupported("it is an animated WebP"))
  }

  @Test func `an error names the file and what is wrong with it`() throws {
    try withTemporaryFolder { folder in
      let missing = folder.appending(path: "missing.jpg")
      let broken = folder.appending(path: "broken.jpg")
      let empty = folder.appending(path: "empty.png")
      try Data(Fixtures.bytes("baseline.jpg").prefix(700)).write(to: broken)
      try Data().write(to: empty)
      for (url, reason) in [
        (missing, ImageError.Reason.unreadable("there is no such file")), (broken, .truncated),
        (empty, .empty),
      ] {
        let expected = ImageError(file: url.path, reason: reason)
        #expect(throws: expected) { try Image(contentsOf: url) }
        #expect(expected.description.hasPrefix(url.path))
        #expect(expected.localizedDescription == expected.description)
      }
      #expect(throws: ImageError(file: empty.path, reason: .empty)) {
        try Image.size(ofFile: empty)
      }
      #expect(throws: ImageError(file: missing.path, reason: .unreadable("there is no such file")))
      {
        try Image.size(ofFile: missing)
      }
      let late = try EncodedImage(contentsOf: broken)
      #expect(throws: ImageError(file: broken.path, reason: .truncated)) { try Image(late) }
    }
  }

  private func jpegClaiming(width: Int, height: Int) throws -> [UInt8] {
    let bytes = try Fixtures.bytes("baseline.jpg")
    let frame = try #require(
      bytes.indices.first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    return bytes.replacing(
      frame + 5,
      with: [
        UInt8(height >> 8), UInt8(height & 0xFF), UInt8(width >> 8), UInt8(width & 0xFF),
      ])
  }
}
