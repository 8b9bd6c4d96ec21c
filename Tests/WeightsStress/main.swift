// What a test process must not do to itself: fuzzing for minutes, and writing where there is no room.
//
//   WeightsStress fuzz COUNT [SEED] [FOLDER OF CHECKPOINTS]
//   WeightsStress write FILE FLOATS

import Foundation
import Weights

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "fuzz":
  let count = arguments.count > 2 ? Int(arguments[2]) : 20_000
  let seed = arguments.count > 3 ? UInt64(arguments[3]) : 1
  guard let count, let seed else { fatalError("COUNT and SEED must be numbers") }
  let folder = arguments.count > 4 ? URL(filePath: arguments[4]) : nil
  Fuzzer(seed: seed, seeds: FuzzSeeds(checkpoints: folder).files).run(count: count)
case "write":
  guard arguments.count == 4, let count = Int(arguments[3]) else { fatalError("FILE and FLOATS") }
  do {
    try SafeTensors.write(
      [("a", StoredTensor(floats: [Float](repeating: 1, count: count), shape: [count]))],
      to: URL(filePath: arguments[2]))
  } catch {
    print(error)
    exit(1)
  }
default:
  print("usage: WeightsStress fuzz COUNT [SEED] [FOLDER] | write FILE FLOATS")
  exit(64)
}
