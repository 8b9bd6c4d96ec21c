import Foundation
import MultiBox
import Testing

@Suite("A network as a list of layers")
struct NetworkGraphTests {
  @Test(arguments: [(ResNet.Depth.resNet18, 256), (.resNet34, 256), (.resNet50, 1024)])
  func `a ResNet's first map has 38 x 38 positions`(depth: ResNet.Depth, channels: Int) throws {
    let graph = SSDConfiguration.ssd300ResNet(depth, classes: .coco).graph
    let layer = try #require(graph.layers.first { $0.name == "layer3" })
    #expect(layer.outputSize == 38 && layer.outputChannels == channels)
  }

  @Test func `a list of layers survives being saved`() throws {
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    configuration.base = .layers(ResNet(.resNet50).layers)
    let saved = try JSONEncoder().encode(configuration.base)
    #expect(try JSONDecoder().decode(BaseNetwork.self, from: saved) == configuration.base)
  }

  @Test func `VGG-16's settings are written as they were before there were other bases`() throws {
    let saved = try JSONSerialization.jsonObject(
      with: JSONEncoder().encode(BaseNetwork.vgg16(VGG16())))
    let keys = try #require(saved as? [String: Any]).keys.sorted()
    #expect(keys == ["blockChannels", "convolutionalChannels", "hasBatchNormalization"])
  }

  @Test func `a layer that reads another one's missing output is named`() {
    let layer = NetworkLayer(
      name: "b", part: .base, inputs: ["a"],
      operation: .convolution(Convolution(channels: 8, kernelSize: 3)))
    let error = #expect(throws: NetworkError.self) { try NetworkGraph([layer], imageSize: 64) }
    #expect(error?.layer == "b")
  }

  @Test func `a window that is larger than its map is named`() {
    var layers = LayerList()
    layers.convolution("wide", channels: 8, kernelSize: 64, padding: 0)
    let error = #expect(throws: NetworkError.self) {
      try NetworkGraph(layers.layers, imageSize: 32)
    }
    #expect(error?.layer == "wide")
  }

  @Test(arguments: [301, 321, 513])
  func `another size of the image changes the sizes of the maps`(size: Int) throws {
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    try configuration.setImageSize(size)
    _ = try NetworkGraph(validating: configuration)
    #expect(configuration.imageSize == size)
  }

  @Test func `an image that is too small for the last map is refused, and nothing has changed`() {
    var configuration = SSDConfiguration.ssd300(classes: .voc)
    let error = #expect(throws: NetworkError.self) { try configuration.setImageSize(260) }
    #expect(error?.layer == "conv11_2")
    #expect(configuration == .ssd300(classes: .voc))
  }
}
