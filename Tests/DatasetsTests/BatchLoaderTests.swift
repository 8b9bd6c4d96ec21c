import Datasets
import Foundation
import Images
import MultiBox
import TestSupport
import Testing

@Suite("Loading batches")
struct BatchLoaderTests {
  /// Eleven pictures of different sizes.
  static func withDataset(_ body: (DetectionDataset, URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let voc = try VOCFolder(folder)
      for index in 0..<11 {
        let id = "picture\(index)"
        try voc.sample(id, width: 40 + 3 * index, height: 30 + index)
        if index.isMultiple(of: 2) {
          let image = Image.pattern(width: 40 + 3 * index, height: 30 + index)
          try FileManager.default.removeItem(at: folder.appending(path: "JPEGImages/\(id).png"))
          try voc.picture(id, image, extension: "jpg")
        }
      }
      try body(DetectionDataset(voc: [DatasetSource(folder: folder, split: nil)]), folder)
    }
  }

  static func options(workers: Int = 2) -> BatchLoader.Options {
    BatchLoader.Options(batchSize: 3, imageSize: 24, seed: 42, workers: workers)
  }

  static func batches(_ loader: BatchLoader) throws -> [Batch] {
    var result: [Batch] = []
    while let batch = try loader.next() { result.append(batch) }
    return result
  }

  static func areEqual(_ a: [Batch], _ b: [Batch]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy {
        $0.pixels == $1.pixels && $0.objects == $1.objects && $0.names == $1.names
          && $0.indices == $1.indices
      }
  }

  @Test("the number of workers and the queue's depth change nothing")
  func workers() throws {
    try Self.withDataset { set, _ in
      let expected = try Self.batches(BatchLoader(set, Self.options(workers: 1), epoch: 4))
      #expect(expected.count == 3)
      for workers in [2, 5] {
        var options = Self.options(workers: workers)
        options.queueDepth = workers - 1
        let result = try Self.batches(BatchLoader(set, options, epoch: 4))
        #expect(Self.areEqual(result, expected))
      }
      let cache = PictureCache(dataset: set, byteLimit: 1 << 20)
      let first = try Self.batches(BatchLoader(set, Self.options(), epoch: 4, cache: cache))
      let second = try Self.batches(BatchLoader(set, Self.options(), epoch: 4, cache: cache))
      #expect(cache.capacity == 11 && cache.count == 9)
      #expect(Self.areEqual(first, second))
    }
  }

  @Test("another epoch or seed gives another order and other draws")
  func epochs() throws {
    try Self.withDataset { set, _ in
      let first = try Self.batches(BatchLoader(set, Self.options(), epoch: 0))
      let second = try Self.batches(BatchLoader(set, Self.options(), epoch: 1))
      var other = Self.options()
      other.seed = 43
      let third = try Self.batches(BatchLoader(set, other, epoch: 0))
      #expect(first.flatMap(\.indices) != second.flatMap(\.indices))
      #expect(first.flatMap(\.indices) != third.flatMap(\.indices))
      #expect(!Self.areEqual(first, second) && !Self.areEqual(first, third))
    }
  }

  @Test("an epoch entered in its middle goes on as if it had run from its start")
  func resuming() throws {
    try Self.withDataset { set, _ in
      let whole = try Self.batches(BatchLoader(set, Self.options(), epoch: 2))
      for start in 0...4 {
        let loader = BatchLoader(set, Self.options(), epoch: 2, startingAtBatch: start)
        #expect(loader.batchCount == 3)
        #expect(Self.areEqual(try Self.batches(loader), Array(whole.dropFirst(start))))
      }
    }
  }

  @Test("every picture comes once; the last batch may be short, or left out")
  func partialBatches() throws {
    try Self.withDataset { set, _ in
      var options = Self.options()
      options.dropsLastPartialBatch = false
      let batches = try Self.batches(BatchLoader(set, options))
      #expect(batches.map(\.count) == [3, 3, 3, 2])
      #expect(batches.map(\.pixels.count) == [3, 3, 3, 2].map { $0 * 24 * 24 * 3 })
      #expect(batches.flatMap(\.indices).sorted() == Array(0..<11))
      #expect(batches.allSatisfy { $0.names == $0.indices.map { set[$0].id } })
    }
  }

  @Test("evaluation sees the pictures in order, resized, with all of their objects")
  func evaluation() throws {
    try Self.withDataset { set, folder in
      let loader = BatchLoader(set, .evaluation(batchSize: 4, imageSize: 20))
      let batches = try Self.batches(loader)
      #expect(batches.flatMap(\.indices) == Array(0..<11))
      #expect(batches.flatMap(\.objects) == (0..<11).map { set.groundTruth(at: $0) })
      let expected = try Image(contentsOf: set[1].file).resized(width: 20, height: 20).pixels
      let count = 20 * 20 * 3
      let differences = zip(batches[0].pixels[count..<2 * count], expected).map {
        abs(Int($0) - Int($1))
      }
      #expect(differences.max() ?? 255 <= 1)
      #expect(batches[0].sourceSizes[1] == (set[1].width, set[1].height))
      #expect(try loader.next() == nil)
    }
  }

  @Test("a picture that cannot be read ends the epoch with its name")
  func unreadable() throws {
    try Self.withDataset { set, folder in
      try Data("no picture".utf8).write(to: set[5].file)
      let error = #expect(throws: DatasetProblem.self) {
        _ = try Self.batches(BatchLoader(set, .evaluation(batchSize: 3, imageSize: 16)))
      }
      #expect(error?.file == set[5].file)
      #expect(error?.reason == "unreadable picture")

      try Image.pattern(width: 9, height: 9).write(to: set[1].file)
      let mismatch = #expect(throws: DatasetProblem.self) {
        _ = try Self.batches(BatchLoader(set, .evaluation(batchSize: 3, imageSize: 16)))
      }
      #expect(mismatch?.file == set[1].annotationFile)
    }
  }

  @Test("a cancelled loader has no more batches, and one that is given up stops")
  func cancelling() throws {
    try Self.withDataset { set, _ in
      let loader = BatchLoader(set, Self.options())
      _ = try loader.next()
      loader.cancel()
      #expect(try loader.next() == nil)
      for _ in 0..<20 { _ = BatchLoader(set, Self.options()) }
      let empty = BatchLoader(set.prefix(0), Self.options())
      #expect(try empty.next() == nil)
    }
  }

  @Test("only as many pictures are kept as fit")
  func cache() throws {
    try Self.withDataset { set, _ in
      let sizes = set.images.map { 3 * $0.width * $0.height }
      let cache = PictureCache(dataset: set, byteLimit: sizes[0] + sizes[1] + sizes[2] + 1)
      #expect(cache.capacity == 3)
      #expect(cache.byteCapacity == sizes[0] + sizes[1] + sizes[2])
    }
  }
}
