internal import CKernels
import MultiBox
import Weights

/// A network whose weights are packed for an instruction set, once or in every run. Other than them
/// nothing in it changes after it was made; what a run writes lies in a ``Workspace``.
final class NativeNetwork: @unchecked Sendable {
  let plan: LayerPlan
  let memory: MemoryPlan
  let instructions: InstructionSet
  /// The normalized image, with the border that its readers want.
  let image: ck_map
  let priorCount: Int
  let scoreCount: Int
  /// Of each layer that is one.
  private let convolutions: [Convolution?]
  /// The model, where every run packs its weights; nil where they are packed.
  private let unpacked: ImportedModel?
  /// By layer: an L2 normalization's factors, for each channel of the map's blocks.
  private let l2Factors: [[Float]]
  /// A pixel's value is its byte times `factors` plus `shifts`.
  private let pixelFactors: [Float]
  private let pixelShifts: [Float]
  /// By feature map: its first prior.
  private let firstPriors: [Int]

  /// A convolution of the kernels, and what it needs of the model.
  private final class Convolution {
    let kernel: OpaquePointer
    /// What the model's names for its weights and biases begin with.
    let parameters: [String]
    /// Not packed yet; nothing where that is done.
    var weights: [StoredTensor]

    init(_ kernel: OpaquePointer, parameters: [String], weights: [StoredTensor]) {
      self.kernel = kernel
      self.parameters = parameters
      self.weights = weights
    }

    deinit { ck_convolution_destroy(kernel) }

    func pack(of model: ImportedModel, _ threads: KernelThreads) throws {
      let areFinite = try withFloats(of: weights[...]) {
        ck_convolution_pack(kernel, $0, nil, threads.pointer)
      }
      guard areFinite else { throw try WeightFileError(notFiniteWeightsOf: parameters, of: model) }
      weights = []
    }

    /// - Parameter model: whose weights are to be packed on the way; nil when they are.
    func run(
      _ arguments: inout ck_convolution_run_arguments, weightsOf model: ImportedModel?,
      _ threads: KernelThreads
    ) throws {
      let areFinite = try withFloats(of: weights[...]) { pointers in
        pointers.withUnsafeBufferPointer {
          arguments.weights = model == nil ? nil : $0.baseAddress
          return ck_convolution_run(kernel, &arguments, threads.pointer)
        }
      }
      if let model, !areFinite {
        throw try WeightFileError(notFiniteWeightsOf: parameters, of: model)
      }
    }
  }

  /// Reads a model's biases, and packs its weights unless that is left to the runs.
  ///
  /// - Throws: ``WeightFileError`` when they cannot be read, or are not finite; ``UnsupportedNetwork``.
  init(
    _ model: ImportedModel, plan: LayerPlan, packing: NativePredictor.Packing,
    instructions: InstructionSet, threads: KernelThreads
  ) throws {
    unpacked = packing == .once ? nil : model
    let configuration = model.configuration
    self.plan = plan
    self.instructions = instructions
    priorCount = configuration.priorCount
    scoreCount = configuration.scoreCount
    var first = 0
    firstPriors = configuration.featureMaps.map { map in
      defer { first += map.priorCount }
      return first
    }
    let rule = configuration.normalization
    pixelFactors = rule.deviation.map { rule.scale / $0 }
    pixelShifts = zip(rule.mean, rule.deviation).map { -$0 / $1 }
    image = ck_map(
      element: ck_element(plan.imageElement), channels: 3, height: Int32(plan.imageSize),
      width: Int32(plan.imageSize), before: Int32(plan.imageBefore), after: Int32(plan.imageAfter),
      scale: 1, is_channels_last: false)

    l2Factors = try plan.layers.map { layer in
      guard case .l2Normalization(let name, _) = layer.operation else { return [] }
      let factors = try finiteFloats(name, of: model)
      // Whole blocks of channels, of whatever type.
      return factors + [Float](repeating: 0, count: (64 - factors.count % 64) % 64)
    }

    memory = MemoryPlan(
      plan,
      byteCounts: plan.maps.map { map in
        withUnsafePointer(to: ck_map(map)) { ck_map_bytes($0) }
      })
    var convolutions: [Convolution?] = []
    for layer in plan.layers {
      guard case .convolution(let convolution) = layer.operation else {
        convolutions.append(nil)
        continue
      }
      let parameters = try convolution.sources.map {
        try ConvolutionParameters($0, of: model)
      }
      var shape = Self.shape(
        convolution, layer, plan, image: image)
      var kernel: OpaquePointer?
      let status = ck_convolution_create(
        &shape, parameters.flatMap(\.bias), instructions.set, &kernel)
      guard let kernel else {
        throw UnsupportedNetwork(
          layer: layer.name, reason: String(cString: ck_status_message(status)))
      }
      let made = Convolution(
        kernel, parameters: convolution.parameters, weights: parameters.map(\.weights))
      if packing == .once {
        try made.pack(of: model, threads)
      }
      convolutions.append(made)
    }
    self.convolutions = convolutions
  }

  private static func shape(
    _ convolution: LayerPlan.Convolution, _ layer: LayerPlan.Layer, _ plan: LayerPlan,
    image: ck_map
  ) -> ck_convolution_shape {
    var shape = ck_convolution_shape()
    shape.input = layer.input.map { ck_map(plan.maps[$0]) } ?? image
    shape.input_is_image = layer.input == nil
    shape.output =
      layer.output.map { ck_map(plan.maps[$0]) }
      ?? ck_map(
        element: CK_FLOAT32, channels: Int32(convolution.outputChannels),
        height: Int32(layer.outputSize), width: Int32(layer.outputSize), before: 0, after: 0,
        scale: 1, is_channels_last: false)
    shape.kernel = Int32(convolution.kernelSize)
    shape.stride = Int32(convolution.stride)
    shape.dilation = Int32(convolution.dilation)
    shape.padding = Int32(convolution.padding.before)
    shape.groups = Int32(convolution.groups)
    shape.activation = ck_activation(convolution.activation)
    if case .winograd(let tile) = convolution.algorithm {
      shape.algorithm = ck_algorithm(rawValue: UInt32(tile))
    }
    if let pooled = convolution.pooled {
      shape.has_pool = true
      shape.pooled = ck_map(plan.maps[pooled])
      shape.keeps_output = convolution.keepsOutput
    }
    let segments = convolution.sources.map { Int32($0.outputChannels) }
    if !convolution.rows.isEmpty {
      shape.segment_count = Int32(segments.count)
      shape.segments = (segments[0], segments.count > 1 ? segments[1] : 0)
    }
    return shape
  }

  /// Bytes of packed weights that are kept.
  var weightByteCount: Int {
    guard unpacked == nil else { return 0 }
    return convolutions.reduce(0) { $0 + ($1.map { ck_convolution_weight_bytes($0.kernel) } ?? 0) }
  }

  /// Multiply-adds that a layer really does for one image, padding included.
  func multiplications(ofLayer layer: Int) -> Double {
    convolutions[layer].map { ck_convolution_multiplications($0.kernel) } ?? 0
  }

  /// The most bytes that a layer needs for itself.
  func scratchByteCount(images: Int, threads: Int) -> Int {
    convolutions.compactMap { $0 }.reduce(0) {
      max(
        $0,
        ck_convolution_scratch($1.kernel, Int32(images), Int32(threads), unpacked != nil))
    }
  }

  /// Normalizes pixels into the workspace's image.
  func loadImages(_ pixels: UnsafePointer<UInt8>, count: Int, _ workspace: Workspace) {
    var image = image
    ck_image_normalize(
      instructions.set, pixels, Int32(count), &image, pixelFactors, pixelShifts, workspace.images,
      workspace.threads.pointer)
  }

  /// Copies normalized images, (count, 3, size, size), into the workspace.
  func loadImages(normalized values: UnsafePointer<Float>, count: Int, _ workspace: Workspace) {
    var image = image
    ck_image_load(values, Int32(count), &image, workspace.images, workspace.threads.pointer)
  }

  /// The first image's values of a map, (channels, size, size).
  func values(ofMap index: Int, _ workspace: Workspace) -> [Float] {
    let map = plan.maps[index]
    var shape = ck_map(map)
    let count = map.channels * map.size * map.size
    return [Float](unsafeUninitializedCapacity: count) { values, initialized in
      ck_map_read(&shape, 1, workspace.map(index), values.baseAddress)
      initialized = count
    }
  }

  /// Runs one layer on the workspace's images.
  ///
  /// - Parameters:
  ///   - locations: the first image's row of the first prior.
  ///   - scores: the same for class scores.
  /// - Throws: ``WeightFileError`` when the layer's weights are packed now and cannot be read, or are
  ///   not finite.
  func run(
    layer index: Int, images: Int, _ workspace: Workspace, locations: UnsafeMutablePointer<Float>,
    scores: UnsafeMutablePointer<Float>
  ) throws {
    let layer = plan.layers[index]
    let threads = workspace.threads.pointer
    for map in layer.writtenMaps {
      var shape = ck_map(plan.maps[map])
      ck_clear_border(&shape, Int32(images), workspace.map(map), threads)
    }
    switch layer.operation {
    case .convolution(let convolution):
      guard let made = convolutions[index] else { return }
      var arguments = ck_convolution_run_arguments()
      arguments.images = Int32(images)
      arguments.input = UnsafeRawPointer(layer.input.map(workspace.map) ?? workspace.images)
      arguments.output = layer.output.map(workspace.map)
      arguments.pooled = convolution.pooled.map(workspace.map)
      arguments.scratch = workspace.scratch
      let rows = convolution.rows.map { rows in
        let first = firstPriors[rows.featureMap]
        return switch rows.kind {
        case .offsets: (start: locations + first * 4, distance: priorCount * 4)
        case .logits: (start: scores + first * scoreCount, distance: priorCount * scoreCount)
        }
      }
      if let first = rows.first, let last = rows.last {
        arguments.rows = (first.start, last.start)
        arguments.row_distances = (first.distance, last.distance)
      }
      try made.run(&arguments, weightsOf: unpacked, workspace.threads)
    case .maximumPooling(let pooling):
      guard let input = layer.input, let output = layer.output else { return }
      var (from, to) = (ck_map(plan.maps[input]), ck_map(plan.maps[output]))
      ck_maximum_pool(
        instructions.set, &from, &to, Int32(pooling.kernelSize), Int32(pooling.stride),
        Int32(pooling.padding.before), Int32(images), workspace.map(input), workspace.map(output),
        threads)
    case .addition(let activation):
      let (maps, data) = operands(of: layer, workspace)
      withUnsafePointers(to: maps) {
        ck_add(
          instructions.set, $0[0], $0[1], $0[2], ck_activation(activation), Int32(images), data[0],
          data[1], data[2], threads)
      }
    case .channelScaling(let activation):
      let (maps, data) = operands(of: layer, workspace)
      withUnsafePointers(to: maps) {
        ck_scale_channels(
          instructions.set, $0[0], $0[1], $0[2], ck_activation(activation), Int32(images), data[0],
          data[1], data[2], threads)
      }
    case .globalAverage:
      let (maps, data) = operands(of: layer, workspace)
      withUnsafePointers(to: maps) {
        ck_global_average(
          instructions.set, $0[0], $0[1], Int32(images), data[0], data[1], threads)
      }
    case .l2Normalization(_, let epsilon):
      guard let input = layer.input, let output = layer.output else { return }
      var (from, to) = (ck_map(plan.maps[input]), ck_map(plan.maps[output]))
      ck_l2_normalize(
        instructions.set, &from, &to, l2Factors[index], Float(epsilon), Int32(images),
        workspace.map(input),
        workspace.map(output), threads)
    }
  }
}

extension NativeNetwork {
  /// The maps that a layer reads and then the one that it writes, and where they lie.
  private func operands(
    of layer: LayerPlan.Layer, _ workspace: Workspace
  ) -> (maps: [ck_map], data: [UnsafeMutableRawPointer]) {
    let indices = (layer.inputs + [layer.output]).compactMap { $0 }
    return (indices.map { ck_map(plan.maps[$0]) }, indices.map(workspace.map))
  }

  private func withUnsafePointers(
    to maps: [ck_map], _ body: ([UnsafePointer<ck_map>]) -> Void
  ) {
    maps.withUnsafeBufferPointer { maps in
      body(maps.indices.map { maps.baseAddress! + $0 })
    }
  }
}

extension ck_activation {
  init(_ activation: Activation) {
    self =
      switch activation {
      case .none: CK_NO_ACTIVATION
      case .relu: CK_RELU
      case .relu6: CK_RELU6
      case .hardSwish: CK_HARD_SWISH
      case .hardSigmoid: CK_HARD_SIGMOID
      }
  }
}

extension ck_element {
  init(_ element: LayerPlan.Element) {
    self =
      switch element {
      case .float32: CK_FLOAT32
      case .bfloat16: CK_BFLOAT16
      case .uint8: CK_UINT8
      }
  }
}

extension ck_map {

  /// The map in the kernels' terms.
  init(_ map: LayerPlan.Map) {
    self.init(
      element: ck_element(map.element), channels: Int32(map.channels), height: Int32(map.size),
      width: Int32(map.size), before: Int32(map.before), after: Int32(map.after),
      scale: map.scale, is_channels_last: false)
  }
}
