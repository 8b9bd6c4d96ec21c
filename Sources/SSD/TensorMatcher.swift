import MultiBox
import Torch

/// Matches priors with objects by operators whose shapes do not depend on the data, so that a GPU does it
/// without the program's looking at anything in between.
///
/// It decides as ``/MultiBox/PriorMatcher`` does, prior by prior.
public final class TensorMatcher {
  private let configuration: LossConfiguration
  private let variances: Variances
  private let count: Int
  /// Left, top, right and bottom of the priors, (1, 1, priors) each.
  private let boundaries: [Tensor]
  /// (1, 1, priors)
  private let areas: Tensor
  /// What displacements of centres are measured from and divided by, (1, priors) each.
  private let centers: [Tensor]
  private let centerUnits: [Tensor]
  /// (1, priors) each.
  private let sizes: [Tensor]

  /// A matcher with its priors on a device.
  public init(priors: PriorBoxes, configuration: LossConfiguration, on device: Device) {
    self.configuration = configuration
    variances = priors.variances
    count = priors.count
    func row<Box>(_ boxes: [Box], _ value: (Box) -> Float, dimensions: Int) -> Tensor {
      let ones = Array(repeating: 1, count: dimensions - 1)
      return Tensor(boxes.map(value), shape: ones + [boxes.count]).moved(to: device)
    }
    let boundary = priors.boundary
    boundaries = [\BoundingBox.xMin, \.yMin, \.xMax, \.yMax].map { side in
      row(boundary, { $0[keyPath: side] }, dimensions: 3)
    }
    areas = row(boundary, \.area, dimensions: 3)
    let centerSize = priors.centerSize
    centers = [\CenterSizeBox.centerX, \.centerY].map { side in
      row(centerSize, { $0[keyPath: side] }, dimensions: 2)
    }
    sizes = [\CenterSizeBox.width, \.height].map { side in
      row(centerSize, { $0[keyPath: side] }, dimensions: 2)
    }
    let unit = priors.variances.center
    centerUnits = [\CenterSizeBox.width, \.height].map { side in
      row(centerSize, { $0[keyPath: side] * unit }, dimensions: 2)
    }
  }

  /// What the network should have said.
  public struct Targets: Sendable {
    /// Class indices, (images, priors), int64; 0 is background.
    public let classes: Tensor
    /// Encoded offsets to the matched object, (images, priors, 4); zeros for background.
    public let offsets: Tensor

    /// How many priors of all images belong to an object, a float32 scalar.
    public var positiveCount: Tensor { (classes .> 0).converted(to: .float32).sum() }
  }

  /// Matches the objects of each image with the priors.
  public func callAsFunction(_ objects: ObjectTensors) -> Targets {
    withoutGradients {
      let owners = owners(of: objects)
      let isPositive = owners .>= 0
      let zero = Tensor.full([], value: 0, type: .int64, device: owners.device)
      let rows = Tensor.maximum(owners, zero)
      return Targets(
        classes: objects.classes.gathered(along: 1, at: rows)
          .chosen(where: isPositive, otherwise: zero),
        offsets: offsets(to: objects, rows: rows, isPositive: isPositive))
    }
  }

  /// The position of each prior's object among its image's, (images, priors), int64; -1 for background.
  private func owners(of objects: ObjectTensors) -> Tensor {
    let device = objects.boxes.device
    let capacity = objects.classes.shape[1]
    let overlaps = overlaps(with: objects)
    let best = overlaps.maxima(along: 1)
    let background = Tensor.full([], value: -1, type: .int64, device: device)
    let owners = best.indices.chosen(
      where: best.values .>= Double(configuration.overlapThreshold), otherwise: background)
    let forced =
      switch configuration.forcedMatch {
      case .greedy: greedyAssignment(overlaps)
      case .laterObjectWins: favourites(overlaps, of: objects)
      }
    // Behind the last prior is a place for objects that take none.
    let places = owners.padded([1], with: -1)
    places.scatter(
      Tensor.range(capacity, device: device).unsqueezed(0).expanded(to: forced.shape), along: 1,
      at: forced)
    return places.sliced(0..<count, along: 1)
  }

  /// The Jaccard overlaps, (images, capacity, priors); -1 where there is no object.
  private func overlaps(with objects: ObjectTensors) -> Tensor {
    let sides = (0..<4).map { objects.boxes.sliced($0..<$0 + 1, along: 2) }
    func extent(_ low: Tensor, _ high: Tensor) -> Tensor { (high - low).clamped(minimum: 0) }
    func shared(_ low: Int) -> Tensor {
      extent(
        .maximum(boundaries[low], sides[low]), .minimum(boundaries[low + 2], sides[low + 2]))
    }
    let intersection = shared(0) * shared(1)
    let boxAreas = extent(sides[0], sides[2]) * extent(sides[1], sides[3])
    let isMissing =
      objects.classes.unsqueezed(2)
      .< Tensor.full(
        [], value: 1, type: .int64, device: objects.classes.device)
    return (intersection / (areas + boxAreas - intersection)).filled(where: isMissing, with: -1)
  }

  /// The best prior of each object, (images, capacity); where several objects have the same one, it is
  /// the last's, and the others have none: the number of priors.
  private func favourites(_ overlaps: Tensor, of objects: ObjectTensors) -> Tensor {
    let device = overlaps.device
    let capacity = overlaps.shape[1]
    let none = Tensor.full([], value: Double(count), type: .int64, device: device)
    let isObject = objects.classes .> 0
    let best = overlaps.maxima(along: 2).indices.chosen(where: isObject, otherwise: none)
    let places = Tensor.range(capacity, device: device)
    let isLater = places.unsqueezed(1) .< places.unsqueezed(0)
    let isEqual = best.unsqueezed(2) .== best.unsqueezed(1)
    let isTaken =
      (isEqual.converted(to: .int64) * isLater.converted(to: .int64)).sum(along: [2]) .> 0
    return none.chosen(where: isTaken, otherwise: best)
  }

  /// One prior for each object, none twice, the pair with the greatest overlap first; the number of
  /// priors for objects that overlap none that is left. (images, capacity)
  private func greedyAssignment(_ overlaps: Tensor) -> Tensor {
    let device = overlaps.device
    let (images, capacity) = (overlaps.shape[0], overlaps.shape[1])
    func scalar(_ value: Int) -> Tensor {
      Tensor.full([], value: Double(value), type: .int64, device: device)
    }
    let (noObject, noPrior) = (scalar(capacity), scalar(count))
    // One row and one column more, where a pair is put that does not exist.
    let open = overlaps.padded([1, 1], with: -1)
    let assigned = Tensor.full(
      [images, capacity + 1], value: Double(count), type: .int64, device: device)
    for _ in 0..<capacity {
      let ofObjects = open.maxima(along: 2)
      let ofImages = ofObjects.values.maxima(along: 1)
      let isPair = ofImages.values.unsqueezed(1) .> 0
      let found = ofImages.indices.unsqueezed(1)
      let prior = ofObjects.indices.gathered(along: 1, at: found)
        .chosen(where: isPair, otherwise: noPrior)
      let object = found.chosen(where: isPair, otherwise: noObject)
      assigned.scatter(prior, along: 1, at: object)
      open.scatter(
        -1, along: 2, at: prior.unsqueezed(2).expanded(to: [images, capacity + 1, 1]))
      open.scatter(-1, along: 1, at: object.unsqueezed(2).expanded(to: [images, 1, count + 1]))
    }
    return assigned.sliced(0..<capacity, along: 1)
  }

  /// Encoded offsets of each prior's object, (images, priors, 4); zeros for background.
  private func offsets(
    to objects: ObjectTensors, rows: Tensor, isPositive: Tensor
  ) -> Tensor {
    let none = Tensor.full([], value: 0, device: rows.device)
    let sides = (0..<4).map {
      objects.boxes.selected($0, along: 2).gathered(along: 1, at: rows)
    }
    func displacement(_ axis: Int) -> Tensor {
      let center = (sides[axis] + sides[axis + 2]) / 2
      return (center - centers[axis]) / centerUnits[axis]
    }
    func logarithm(_ axis: Int) -> Tensor {
      let extent = sides[axis + 2] - sides[axis]
      return (extent / sizes[axis]).logarithm() / Double(variances.size)
    }
    let encoded = [displacement(0), displacement(1), logarithm(0), logarithm(1)]
    return Tensor.stacked(
      encoded.map { $0.chosen(where: isPositive, otherwise: none) }, along: 2)
  }
}
