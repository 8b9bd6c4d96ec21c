/// Where the maps of a plan lie in one piece of memory: maps that are never needed at the same time
/// share their place.
struct MemoryPlan {
  /// The offset of each map, in bytes per image.
  let offsets: [Int]
  /// The bytes of all maps, per image.
  let byteCount: Int

  /// - Parameter byteCounts: the bytes of each map of the plan.
  init(_ plan: LayerPlan, byteCounts: [Int]) {
    var lives = byteCounts.map { _ in (first: Int.max, last: -1) }
    for (step, layer) in plan.layers.enumerated() {
      for map in layer.inputs.compactMap({ $0 }) + layer.writtenMaps {
        lives[map].first = min(lives[map].first, step)
        lives[map].last = max(lives[map].last, step)
      }
    }
    var offsets = byteCounts.map { _ in 0 }
    var placed: [Int] = []
    var end = 0
    // Large maps first, each as low as those allow that live when it does.
    for map in byteCounts.indices.sorted(by: { byteCounts[$0] > byteCounts[$1] }) {
      let neighbours = placed.filter {
        lives[$0].first <= lives[map].last && lives[map].first <= lives[$0].last
      }.sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for other in neighbours where offsets[other] < offset + byteCounts[map] {
        offset = max(offset, offsets[other] + byteCounts[other])
      }
      offsets[map] = offset
      placed.append(map)
      end = max(end, offset + byteCounts[map])
    }
    self.offsets = offsets
    byteCount = end
  }
}
