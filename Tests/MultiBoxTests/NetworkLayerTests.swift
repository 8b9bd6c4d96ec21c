import MultiBox
import Testing

@Suite("The network layer by layer")
struct NetworkLayerTests {
  private let ssd300 = SSDConfiguration.ssd300(classes: .voc)

  private func layer(_ name: String, of configuration: SSDConfiguration) throws -> ResolvedLayer {
    try #require(configuration.graph.layers.first { $0.name == name }, "\(name)")
  }

  @Test func `SSD300 for Pascal VOC has 26,285,486 parameters`() {
    #expect(ssd300.graph.parameterCount == 26_285_486)
  }

  /// What fvcore and other counters report for the paper's SSD300 with 21 columns.
  @Test func `a forward pass of SSD300 takes 31.4 billion multiplications`() {
    #expect((31.3e9...31.5e9).contains(Double(ssd300.graph.multiplications)))
  }

  /// VGG-16's fields as the literature has them; a prediction of conv4_3 sees 108 = 0.36 x 300.
  @Test(arguments: [
    ("conv1_1", 3), ("conv1_2", 5), ("pool1", 6), ("conv2_2", 14), ("conv3_3", 40),
    ("conv4_3", 92), ("conv5_3", 196), ("loc_conv4_3", 108), ("cl_conv4_3", 108),
    // 196 + 2 * 16 (pool5) + 12 * 16 (conv6).
    ("conv6", 420), ("conv7", 420),
    ("conv8_2", 452), ("conv9_2", 516), ("conv10_2", 644), ("conv11_2", 772),
  ])
  func `a layer of SSD300 sees as many pixels as the closed form says`(
    name: String, field: Int
  ) throws {
    #expect(try layer(name, of: ssd300).receptiveField == field)
  }

  @Test(arguments: SSDConfiguration.presetNames)
  func `every map has the size that its layer gives`(preset: String) throws {
    let configuration = try #require(SSDConfiguration.preset(named: preset, classes: .voc))
    for map in configuration.featureMaps {
      let name = map.name
      #expect(try layer(name, of: configuration).outputSize == map.size, "\(name)")
    }
  }

  @Test func `pool3 rounds 75 up to 38, and pool5 keeps 19`() throws {
    #expect(try layer("pool3", of: ssd300).inputSize == 75)
    #expect(try layer("pool3", of: ssd300).outputSize == 38)
    #expect(try layer("pool5", of: ssd300).outputSize == 19)
  }
}
