import Datasets
import Foundation
import TestSupport
import Testing

@Suite("A share")
struct ShareTests {
  @Test(arguments: [(0, 1), (1, 3), (7, 2), (8, 3), (16551, 64), (3, 5)])
  func joinedWithTheOthersIsTheList(total: Int, count: Int) {
    let parts = (0..<count).map { Share($0, of: count).range(of: total) }
    #expect(parts.flatMap { Array($0) } == Array(0..<total))
    let sizes = parts.map(\.count)
    #expect(sizes.max()! - sizes.min()! <= 1)
  }

  @Test func ofABatchHasTheSamePicturesAndDrawsAsTheWholeBatch() throws {
    try withTemporaryFolder { folder in
      try SyntheticShapes(.simple, seed: 3).write(to: folder, trainingCount: 9, testCount: 1)
      let dataset = try DetectionDataset(voc: [DatasetSource(folder: folder, split: "trainval")])
      var options = BatchLoader.Options(batchSize: 4, imageSize: 60, seed: 5, workers: 1)
      let whole = BatchLoader(dataset, options, epoch: 2)
      let parts = (0..<3).map { index in
        options.share = Share(index, of: 3)
        return BatchLoader(dataset, options, epoch: 2)
      }
      var batches = 0
      while let expected = try whole.next() {
        let found = try parts.map { try #require(try $0.next()) }
        #expect(found.map(\.count) == [1, 1, 2])
        #expect(found.flatMap(\.indices) == expected.indices)
        #expect(found.flatMap(\.pixels) == expected.pixels)
        #expect(found.flatMap(\.objects) == expected.objects)
        batches += 1
      }
      #expect(batches == 2)
      #expect(try parts.allSatisfy { try $0.next() == nil })
    }
  }
}
