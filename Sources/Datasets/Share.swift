/// One of several parts of a list, as even as can be: what one of several processes works on.
///
/// The parts follow one another: joined in their order, they are the list.
public struct Share: Hashable, Sendable {
  /// Which part, from 0.
  public let index: Int
  /// How many parts there are.
  public let count: Int

  /// Everything.
  public static let whole = Share(0, of: 1)

  /// - Precondition: `index` is one of 0 ..< `count`.
  public init(_ index: Int, of count: Int) {
    precondition((0..<count).contains(index), "there is no share \(index) of \(count)")
    self.index = index
    self.count = count
  }

  /// The places of a list that belong to the part; none where the list has too few for all.
  ///
  /// - Parameter total: the list's length.
  public func range(of total: Int) -> Range<Int> {
    index * total / count..<(index + 1) * total / count
  }
}
