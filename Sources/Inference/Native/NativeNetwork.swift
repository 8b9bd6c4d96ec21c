internal import CKernels
import MultiBox
import Weights

/// A network whose weights are packed for an instruction set, once or in every run. Other than them
/// nothing in it changes after it was made; what a run writes lies in a ``Workspace``.
final class NativeNetwork: @unchecked Sendable {
  let plan: LayerPlan
  let memory: MemoryPlan
  let instructions: InstructionSet
  let imageSize: Int
  let imageElement: ck_element
  let priorCount: Int
  let scoreCount: Int
  /// Of each layer that is one.
  private let convolutions: [Convolution?]
  /// The model, where every run packs its weights; nil where they are packed.
  private let unpacked: ImportedModel?
  /// Of each channel of the normalised map's blocks.
  private let rescaleFactors: [Float]
  /// A pixel's value is its byte times `factors` plus `shifts`.
  private let pixelFactors: [Float]
  private let pixelShifts: [Float]
  /// By feature map: its first prior.
  private let firstPriors: [Int]
  private let priorsPerPosition: [Int]

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
  /// - Throws: ``WeightFileError`` when they cannot be read, or are not finite.
  init(
    _ model: ImportedModel, plan: LayerPlan, packing: NativePredictor.Packing,
    instructions: InstructionSet, threads: KernelThreads
  ) throws {
    unpacked = packing == .once ? nil : model
    let configuration = model.configuration
    self.plan = plan
    self.instructions = instructions
    imageSize = configuration.imageSize
    priorCount = configuration.featureMaps.reduce(0) { $0 + $1.priorCount }
    scoreCount = configuration.scoreCount
    var first = 0
    firstPriors = configuration.featureMaps.map { map in
      defer { first += map.priorCount }
      return first
    }
    priorsPerPosition = configuration.featureMaps.map(\.priorsPerPosition)
    let rule = configuration.normalization
    pixelFactors = rule.deviation.map { rule.scale / $0 }
    pixelShifts = zip(rule.mean, rule.deviation).map { -$0 / $1 }
    self.imageElement = ck_element(plan.imageElement)

    let factors = try finiteFloats("rescale_factors", of: model)
    // Whole blocks of channels, of whatever type.
    rescaleFactors = factors + [Float](repeating: 0, count: (64 - factors.count % 64) % 64)

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
      let parameters = try convolution.parameters.map {
        try ConvolutionParameters($0, of: model)
      }
      var shape = Self.shape(
        convolution, layer, plan, scoreCount: configuration.scoreCount,
        priorsPerPosition: priorsPerPosition, imageSize: imageSize, imageElement: imageElement)
      var kernel: OpaquePointer?
      let status = ck_convolution_create(
        &shape, parameters.flatMap(\.bias), instructions.set, &kernel)
      guard let kernel else {
        preconditionFailure("\(layer.name): \(String(cString: ck_status_message(status)))")
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
    scoreCount: Int, priorsPerPosition: [Int], imageSize: Int, imageElement: ck_element
  ) -> ck_convolution_shape {
    var shape = ck_convolution_shape()
    shape.input = layer.input.map { ck_map(plan.maps[$0]) } ?? .image(imageElement, size: imageSize)
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
    shape.padding = Int32(convolution.padding)
    shape.activation = convolution.prediction == nil ? CK_RELU : CK_NO_ACTIVATION
    if case .winograd(let tile) = convolution.algorithm {
      shape.algorithm = ck_algorithm(rawValue: UInt32(tile))
    }
    if let pooled = convolution.pooled {
      shape.has_pool = true
      shape.pooled = ck_map(plan.maps[pooled])
      shape.keeps_output = convolution.keepsOutput
    }
    if let prediction = convolution.prediction {
      let priors = priorsPerPosition[prediction]
      shape.segment_count = 2
      shape.segments = (Int32(priors * 4), Int32(priors * scoreCount))
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

  /// Normalises pixels into the workspace's image.
  func loadImages(_ pixels: UnsafePointer<UInt8>, count: Int, _ workspace: Workspace) {
    var image = ck_map.image(imageElement, size: imageSize)
    ck_image_normalize(
      instructions.set, pixels, Int32(count), &image, pixelFactors, pixelShifts, workspace.images,
      workspace.threads.pointer)
  }

  /// Copies normalised images, (count, 3, size, size), into the workspace.
  func loadImages(normalized values: UnsafePointer<Float>, count: Int, _ workspace: Workspace) {
    var image = ck_map.image(imageElement, size: imageSize)
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
      if let prediction = convolution.prediction {
        let first = firstPriors[prediction]
        arguments.rows = (locations + first * 4, scores + first * scoreCount)
        arguments.row_distances = (priorCount * 4, priorCount * scoreCount)
      }
      try made.run(&arguments, weightsOf: unpacked, workspace.threads)
    case .maximumPool(let kernelSize, let stride, let padding):
      guard let input = layer.input, let output = layer.output else { return }
      var (from, to) = (ck_map(plan.maps[input]), ck_map(plan.maps[output]))
      ck_maximum_pool(
        instructions.set, &from, &to, Int32(kernelSize), Int32(stride), Int32(padding),
        Int32(images), workspace.map(input), workspace.map(output), threads)
    case .lengthNormalization:
      guard let input = layer.input, let output = layer.output else { return }
      var (from, to) = (ck_map(plan.maps[input]), ck_map(plan.maps[output]))
      // 1e-10 is what the authors' Caffe layer adds to the sum of squares.
      ck_l2_normalize(
        instructions.set, &from, &to, rescaleFactors, 1e-10, Int32(images), workspace.map(input),
        workspace.map(output), threads)
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
  /// An image as the first convolution reads it, with a border of one zero pixel.
  static func image(_ element: ck_element, size: Int) -> ck_map {
    ck_map(
      element: element, channels: 3, height: Int32(size), width: Int32(size), before: 1, after: 1,
      scale: 1, is_channels_last: false)
  }

  /// The map in the kernels' terms.
  init(_ map: LayerPlan.Map) {
    self.init(
      element: ck_element(map.element), channels: Int32(map.channels), height: Int32(map.size),
      width: Int32(map.size), before: Int32(map.before), after: Int32(map.after),
      scale: map.scale, is_channels_last: false)
  }
}
