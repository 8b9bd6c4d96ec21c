import Foundation
import MultiBox
import Testing

@Suite("Configurations")
struct SSDConfigurationTests {
  @Test("every preset survives being saved", arguments: SSDConfiguration.presetNames)
  func roundTrip(preset: String) throws {
    let configuration = try #require(SSDConfiguration.preset(named: preset, classes: .voc))
    #expect(configuration.name == preset)
    let saved = try JSONEncoder().encode(configuration)
    let read = try JSONDecoder().decode(SSDConfiguration.self, from: saved)
    #expect(read == configuration)
  }

  @Test("there is no preset of another name")
  func unknownPreset() {
    #expect(SSDConfiguration.preset(named: "ssd1024", classes: .voc) == nil)
  }

  @Test("the neutral pixel is the mean that is subtracted")
  func meanPixel() {
    #expect(PixelNormalization.imageNet.meanPixel == (124, 116, 104))
    #expect(PixelNormalization.caffe.meanPixel == (123, 117, 104))
  }
}

@Suite("Class lists")
struct ClassListTests {
  @Test("class indices begin at 1, below them is background")
  func indices() {
    #expect(ClassList.voc.count == 20)
    #expect(ClassList.voc.index(of: "aeroplane") == 1)
    #expect(ClassList.voc.index(of: "tvmonitor") == 20)
    #expect(ClassList.voc.index(of: "background") == nil)
    #expect(ClassList.voc.label(at: 0) == "background")
    #expect(ClassList.voc.label(at: 15) == "person")
  }

  @Test("COCO's eighty classes are in the order of its ids")
  func coco() {
    #expect(ClassList.coco.count == 80)
    #expect(ClassList.coco.index(of: "person") == 1)
    #expect(ClassList.coco.index(of: "stop sign") == 12)
    #expect(ClassList.coco.index(of: "dog") == 17)
    #expect(ClassList.coco.index(of: "toothbrush") == 80)
    #expect(Set(ClassList.coco.labels).count == 80)
  }

  @Test("a list that cannot name score columns is refused, the label named")
  func validation() throws {
    let repeated = try #require(throws: ClassListError.self) {
      try ClassList(validating: ["cat", "dog", "cat"])
    }
    #expect(repeated.description.contains("`cat`"))
    for labels in [[], [""], ["cat", "background"]] {
      #expect(throws: ClassListError.self) { try ClassList(validating: labels) }
    }
    let valid = try ClassList(validating: ["cat", "dog"])
    #expect(valid.labels == ["cat", "dog"])
  }

  @Test("a saved list is validated when it is read")
  func coding() throws {
    let saved = try JSONEncoder().encode(ClassList.voc)
    let read = try JSONDecoder().decode(ClassList.self, from: saved)
    #expect(read == .voc)
    #expect(throws: ClassListError.self) {
      try JSONDecoder().decode(ClassList.self, from: Data(#"["cat", "cat"]"#.utf8))
    }
  }
}
