import ArgumentParser
import Foundation
import MultiBox

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine has to compute with, and whether it works.",
    discussion: """
      Names the processor's instructions, libtorch and the GPUs, computes something on each of them \
      and compares it with what has to come out. The exit code is 1 when something is wrong.
      """)

  #if Training
    @Flag(
      help: """
        Also compare a device with the CPU: losses, six steps of training, detections, in every type of \
        number. Takes a minute or two.
        """)
    var check = false

    @Option(
      help: "What --check compares with the CPU: auto (a GPU where there is one), cuda, cuda:N.")
    var device = DeviceChoice.auto

    @Option(help: "The network of --check: a preset's name or a model.")
    var model = "ssd300"

    @Option(help: "Images in a batch of --check.")
    var batch = 4
  #endif

  @Option(help: "File for the findings as JSON, - for the standard output.")
  var json: String?

  mutating func validate() throws {
    #if Training
      guard batch > 0 else { throw ValidationError("--batch must be at least 1") }
    #endif
  }

  func run() throws {
    var report = MachineReport()
    #if Training
      // A GPU that somebody names has to be there.
      if case .device(let named) = device { try named.open() }
      // First of all: libtorch has to know of GPUs before it computes.
      report.examineTorch()
    #endif
    report.examineKernels()
    #if Training
      if check {
        let device = try device.opened()
        if device == .cpu {
          printError("note: no GPU: the CPU is compared with itself, working as for a GPU")
        }
        report.comparison = try DeviceComparison(device: device, model: model, batch: batch)
      }
    #endif
    if json != "-" { print(report) }
    try json.map { try JSONOutput.write(report, to: $0) }
    guard report.problems.isEmpty else { throw ExitCode.failure }
  }
}
