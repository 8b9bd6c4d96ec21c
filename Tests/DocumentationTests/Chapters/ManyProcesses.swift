// Made by scripts/snippets.sh from the guide; change the chapter and run it again.

import Foundation

extension Chapter {
  static func manyProcesses(_ print: (Any...) -> Void) throws {
    struct Link {
      var latency: Double  // seconds
      var bandwidth: Double  // bytes a second

      func sum(of bytes: Double, ranks: Double) -> Double {
        2 * (ranks - 1) * (latency + bytes / ranks / bandwidth)
      }
    }

    let gpus = 8.0
    let nvlink = Link(latency: 5e-6, bandwidth: 300e9)

    func sum(of bytes: Double, machines: Double, network: Link) -> Double {
      nvlink.sum(of: bytes, ranks: gpus)
        + network.sum(of: bytes / gpus, ranks: machines)
    }

    // Bytes, the last layers' first.
    let buckets = Array(repeating: 11.4e6, count: 9) + [2.2e6]
    let step = 32.0 / 1000
    let backward = step * 2 / 3

    func report(machines: Double, network: Link) {
      let times = buckets.map {
        sum(of: $0, machines: machines, network: network)
      }
      let whole = times.reduce(0, +)
      let waiting = max(times.last!, whole - backward)
      let images = machines * gpus * 32 / (step + waiting)
      print(
        String(
          format: "%2.0f GPUs: %5.1f ms on their way, %5.1f waiting, %2.0f %%",
          machines * gpus, 1e3 * whole, 1e3 * waiting,
          100 * images / (machines * gpus * 1000)))
    }

    let none = Link(latency: 0, bandwidth: .infinity)
    report(machines: 1, network: none)
    report(machines: 8, network: Link(latency: 15e-6, bandwidth: 45e9))
    for gigabits in [100.0, 10.0] {
      let share = 0.9 * gigabits * 1e9 / 8 / gpus
      report(machines: 8, network: Link(latency: 30e-6, bandwidth: share))
    }
  }
}
