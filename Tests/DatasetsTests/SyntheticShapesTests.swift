import Datasets
import Foundation
import Images
import MultiBox
import TestSupport
import Testing

@Suite("Synthetic shapes")
struct SyntheticShapesTests {
  static func settings(
    _ difficulty: SyntheticShapes.Difficulty, seed: UInt64 = 5
  ) -> SyntheticShapes {
    // Small, since debug builds paint slowly.
    var settings = SyntheticShapes(difficulty, seed: seed)
    settings.widths = 90...120
    settings.heights = 80...100
    return settings
  }

  @Test("a scene depends on seed and number alone", arguments: SyntheticShapes.Difficulty.allCases)
  func determinism(difficulty: SyntheticShapes.Difficulty) {
    let first = Self.settings(difficulty).scene(at: 3)
    let again = Self.settings(difficulty).scene(at: 3)
    #expect(first.image == again.image && first.objects == again.objects)
    #expect(first.image != Self.settings(difficulty, seed: 6).scene(at: 3).image)
    #expect(first.image != Self.settings(difficulty).scene(at: 4).image)
  }

  /// Lines of busy backgrounds may begin and end outside the picture.
  @Test("any scene can be painted", arguments: SyntheticShapes.Difficulty.allCases)
  func manyScenes(difficulty: SyntheticShapes.Difficulty) {
    let settings = Self.settings(difficulty)
    let counts = (0..<150).map { settings.scene(at: $0).objects.count }
    #expect(counts.allSatisfy { settings.objectCounts.contains($0) })
  }

  @Test(
    "sizes, counts and classes keep their limits", arguments: SyntheticShapes.Difficulty.allCases)
  func limits(difficulty: SyntheticShapes.Difficulty) {
    let settings = Self.settings(difficulty)
    for index in 0..<12 {
      let scene = settings.scene(at: index)
      let side = Float(min(scene.image.width, scene.image.height))
      #expect(settings.widths.contains(scene.image.width))
      #expect((1...settings.objectCounts.upperBound).contains(scene.objects.count))
      for object in scene.objects {
        #expect(settings.classes.index(of: object.label) != nil)
        #expect(object.box.xMin >= 1 && object.box.xMax <= Float(scene.image.width))
        #expect(object.box.yMin >= 1 && object.box.yMax <= Float(scene.image.height))
        let longest = max(object.box.width, object.box.height) + 1
        #expect(longest <= Float(settings.sizes.upperBound) * side + 2)
      }
    }
  }

  @Test("the box is as large as the shape and lies where it is seen")
  func tightness() {
    var settings = Self.settings(.simple)
    settings.objectCounts = 1...1
    settings.maximumRotation = 0
    settings.pixelNoise = 0
    var compared = 0
    for index in 0..<8 {
      settings.shapes = [.circle]
      let circle = settings.scene(at: index)
      let box = circle.objects[0].box
      // A circle's box is a square, and its sides are its diameter.
      #expect(abs(box.width - box.height) <= 1)
      settings.shapes = [.square]
      let square = settings.scene(at: index)
      #expect(abs((square.objects[0].box.width + 1) / (box.width + 1) - 0.8) < 0.06)
      #expect(abs(square.objects[0].box.centerX - box.centerX) <= 1)
      // Below the box's top shows the object; above it, where no shadow falls, the background.
      guard box.yMin >= 5 else { continue }
      compared += 1
      let column = Int(box.centerX.rounded()) - 1
      let inside = circle.image[column, Int(box.yMin) + 1]
      let outside = circle.image[column, Int(box.yMin) - 4]
      let difference =
        abs(Int(inside.red) - Int(outside.red)) + abs(Int(inside.green) - Int(outside.green))
        + abs(Int(inside.blue) - Int(outside.blue))
      #expect(difference > 40)
    }
    #expect(compared > 0)
  }

  @Test("what is written is read back without a problem")
  func writing() throws {
    try withTemporaryFolder { folder in
      let settings = Self.settings(.cluttered)
      try settings.write(to: folder, trainingCount: 5, testCount: 2)
      let check = DatasetCheck(folder: folder)
      #expect(check.problems.isEmpty)
      let train = try DetectionDataset(
        voc: [DatasetSource(folder: folder, split: "trainval")], classes: settings.classes)
      let test = try DetectionDataset(
        voc: [DatasetSource(folder: folder, split: "test")], classes: settings.classes)
      #expect(train.count == 5 && test.count == 2)
      #expect(train[2].objects == settings.scene(at: 2).objects)
      #expect(test[0].objects == settings.scene(at: 5).objects)
    }
  }

  @Test("there are at least six classes of one to eight objects")
  func presets() {
    #expect(SyntheticShapes(.simple).classes.count == 6)
    #expect(SyntheticShapes(.cluttered).classes.count == 8)
    #expect(SyntheticShapes(.cluttered).objectCounts == 1...8)
    #expect(SyntheticShapes(.cluttered).sizes == 0.05...0.8)
  }
}
