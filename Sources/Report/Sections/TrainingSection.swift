/// How the run went: loss, learning rate, gradients and validation over the iterations.
struct TrainingSection {
  let intro: String
  let figures: [PageModel.Figure]
  let table: PageModel.Table?
  let validationCount: String

  /// nil when nothing is known of the training.
  init?(_ history: TrainingHistory?) {
    guard let history, !history.isEmpty else { return nil }
    intro = Self.intro(history)
    figures = Self.figures(history)
    validationCount = Figures.count(history.validations.count, "validation")
    table =
      history.validations.isEmpty
      ? nil
      : PageModel.Table(
        caption: "Validations",
        columns: ["iteration", "epoch", "loss", "mAP", "best so far"].enumerated().map {
          PageModel.Column(title: $1, isNumber: $0 < 4)
        },
        rows: history.validations.map { validation in
          PageModel.Row(
            head: Figures.count(validation.iteration),
            cells: [
              PageModel.Cell(Figures.count(validation.epoch)),
              PageModel.Cell(Figures.share(validation.loss)),
              PageModel.Cell(Figures.share(validation.meanAveragePrecision)),
              PageModel.Cell(validation.isBest ? "best" : "", isNumber: false),
            ])
        })
  }

  private static func intro(_ history: TrainingHistory) -> String {
    var sentences = ["The log goes up to iteration \(Figures.count(history.iterations))."]
    let seconds = history.steps.map(\.seconds).sorted()
    if let step = history.steps.last, !seconds.isEmpty {
      let median = seconds[seconds.count / 2]
      if median > 0 {
        sentences.append(
          "An iteration of \(Figures.count(step.images, "image")) took \(Figures.number(median)) s "
            + "(\(Figures.number(Double(step.images) / median)) images a second).")
      }
    }
    if let best = history.best, let score = best.meanAveragePrecision {
      sentences.append(
        "Validation was best after iteration \(Figures.count(best.iteration)): mAP "
          + "\(Figures.share(score)).")
    } else {
      sentences.append("There was no validation.")
    }
    if history.unreadableLines > 0 {
      sentences.append(
        "\(Figures.count(history.unreadableLines, "line")) of the log could not be read.")
    }
    return sentences.joined(separator: " ")
  }

  private static func figures(_ history: TrainingHistory) -> [PageModel.Figure] {
    let steps = history.steps
    func series(_ name: String, _ value: (TrainingHistory.Step) -> Double?) -> LineChart.Series {
      LineChart.Series(
        name: name,
        points: steps.compactMap { step in value(step).map { (Double(step.iteration), $0) } })
    }
    var figures: [PageModel.Figure] = []
    if !steps.isEmpty {
      let parts = [
        series("total", \.loss), series("localization", \.localizationLoss),
        series("confidence", \.confidenceLoss),
        LineChart.Series(
          name: "validation, total",
          points: history.validations.map { (Double($0.iteration), $0.loss) },
          showsPoints: true),
      ].filter { !$0.points.isEmpty }
      figures.append(figure("Loss", parts, iterations: history.iterations))
      figures.append(
        figure(
          "Learning rate", [series("learning rate", \.learningRate)],
          iterations: history.iterations, isAdaptive: false))
      let norms = series("gradient norm", \.gradientNorm)
      if !norms.points.isEmpty {
        figures.append(figure("Gradient norm", [norms], iterations: history.iterations))
      }
    }
    let scores = history.validations.compactMap { validation in
      validation.meanAveragePrecision.map { (Double(validation.iteration), $0) }
    }
    if !scores.isEmpty {
      figures.append(
        figure(
          "Validation mAP (11 points)",
          [LineChart.Series(name: "mAP", points: scores, showsPoints: true)],
          iterations: history.iterations, vertical: .unit))
    }
    return figures
  }

  private static func figure(
    _ title: String, _ series: [LineChart.Series], iterations: Int, isAdaptive: Bool = true,
    vertical: Axis? = nil
  ) -> PageModel.Figure {
    let chart = LineChart(
      series: series, xLabel: "iteration", xEnd: Double(iterations), isAdaptive: isAdaptive,
      vertical: vertical)
    let description = series.map { series in
      let (first, last) = (series.points.first?.y ?? .nan, series.points.last?.y ?? .nan)
      return "\(series.name) from \(Figures.number(first)) to \(Figures.number(last))"
    }
    return PageModel.Figure(
      title: title,
      svg: chart.svg(
        description: "\(title) over the iterations: \(description.joined(separator: "; "))."),
      legend: series.count < 2
        ? []
        : series.enumerated().map { PageModel.LegendEntry(style: "s\($0 + 1)", name: $1.name) })
  }
}
