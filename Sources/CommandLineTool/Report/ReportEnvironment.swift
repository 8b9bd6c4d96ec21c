import Foundation
import Report

#if Training
  import Torch
#endif

/// What a report is made on and with.
enum ReportEnvironment {
  /// - Parameter engine: what ran the network; nil when nothing was run.
  static func group(engine: String?) -> SettingsGroup {
    let machine = Machine()
    var entries: [SettingsGroup.Entry] = [
      .init("date", Date.now.formatted(.iso8601)),
      .init("processor", machine.processor),
      .init("cores", "\(machine.cores)"),
      .init("instructions", machine.features.joined(separator: ", ")),
      .init("system", system),
      .init("ssd", SSDCommand.configuration.version),
      .init("Swift", compiler),
    ]
    #if Training
      entries.append(.init("libtorch", Runtime.version))
    #endif
    if let engine { entries.append(.init("engine", engine)) }
    return SettingsGroup(title: "Environment", entries: entries)
  }

  /// The name that the distribution gives itself.
  private static var system: String {
    let lines = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    let name = lines.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
      .map { $0.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""]) }
    return name ?? ProcessInfo.processInfo.operatingSystemVersionString
  }

  /// The program cannot ask for the version that compiled it, only compare.
  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }
}
