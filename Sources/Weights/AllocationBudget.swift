/// A limit on the memory that reading a file may take.
///
/// A pickle or a header of a few bytes can ask for any amount of memory or time; every step that costs
/// either is charged here first. Charges are never returned.
final class AllocationBudget {
  struct Exceeded: Error {}

  private var remaining: Int

  /// - Parameter fileSize: in bytes; the limit is half of it and 32 MiB.
  init(fileSize: Int) { remaining = fileSize / 2 + 32 << 20 }

  func charge(_ bytes: Int) throws {
    guard bytes <= remaining else { throw Exceeded() }
    remaining -= bytes
  }

  /// Charges `count` values in an array that grows.
  func chargeValues(_ count: Int) throws {
    guard count <= remaining / Self.valueCost else { throw Exceeded() }
    remaining -= count * Self.valueCost
  }

  /// An array that doubles has at most twice the capacity it needs, and its old half beside it.
  private static let valueCost = 3 * MemoryLayout<PickleValue>.stride
  static let nodeCost = 3 * MemoryLayout<PickleGraph.Node>.stride + 64
  static let textCost = 64
  static let referenceCost = 3 * MemoryLayout<TensorReference>.stride + 64
}
