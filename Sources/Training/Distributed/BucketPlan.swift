/// Which gradients travel together.
///
/// Many small messages cost more than a few large ones, and one message of everything could leave only
/// when the last gradient is there. So parameters share buckets, in the order in which a backward pass
/// finishes them: the last layer's first.
package struct BucketPlan {
  /// The places of parameters in each bucket; buckets and places in the order of the backward pass.
  package let buckets: [[Int]]

  /// - Parameters:
  ///   - sizes: of the parameters, in the order of the forward pass.
  ///   - full: the size at which a bucket is closed.
  package init(sizes: [Int], full: Int) {
    var buckets: [[Int]] = []
    var size = full
    for index in sizes.indices.reversed() {
      if size >= full {
        buckets.append([])
        size = 0
      }
      buckets[buckets.count - 1].append(index)
      size += sizes[index]
    }
    self.buckets = buckets
  }
}
