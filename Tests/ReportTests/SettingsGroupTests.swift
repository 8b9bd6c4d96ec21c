import Report
import Testing

@Suite("Settings from JSON")
struct SettingsGroupTests {
  @Test("are shown in words, objects inside as groups of their own")
  func groups() {
    let groups = SettingsGroup.groups(
      title: "training",
      json: """
        {"batchSize": 16, "averageDecay": null, "crops": true, "ratios": [0.5, 2],
         "schedule": {"warmUpIterations": 100, "decay": {"cosine": {}}}}
        """)
    #expect(groups.map(\.title) == ["training", "schedule", "decay"])
    #expect(
      groups.first?.entries == [
        .init("average decay", "none"), .init("batch size", "16"), .init("crops", "yes"),
        .init("ratios", "0.5, 2"),
      ])
    #expect(groups.last?.entries == [.init("cosine", "yes")])
  }

  @Test("that are no JSON object are none")
  func noObject() {
    #expect(SettingsGroup.groups(title: "training", json: "[1").isEmpty)
    #expect(SettingsGroup.groups(title: "training", json: "3").isEmpty)
  }
}
