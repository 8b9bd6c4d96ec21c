// swift-tools-version: 6.2

// Detection alone needs neither libtorch nor the network; training needs libtorch 2.11.0:
//
//     .package(url: "...", from: "0.1.0", traits: [])     // MultiBox, Images, Weights, Inference, Datasets, ...
//     .package(url: "...", from: "0.1.0")                 // and Torch, SSD, Training: LIBTORCH=/path swift build
//
// LIBTORCH is the `torch` folder of an installed PyTorch, or an unpacked libtorch: a folder with include/ and lib/.
// Without it, libtorch is looked for where `make setup` puts it in this checkout.

import PackageDescription

let libtorch =
  Context.environment["LIBTORCH"].flatMap { $0.isEmpty ? nil : $0 }
  ?? "\(Context.packageDirectory)/.deps/libtorch/torch"

/// Whether the program is built for other machines (`make dist`), which this one's folders are no use to.
let isForOtherMachines = Context.environment["SSD_DIST"] != nil

// What a program's own folder is called in a run path.
#if os(macOS)
  let programFolder = "@loader_path"
#else
  let programFolder = "$ORIGIN"
#endif

/// What only training and the libtorch predictor need; see the trait below.
let training = TargetDependencyCondition.when(traits: ["Training"])

/// What only `ssd download` needs: an HTTP client brings thirty libraries with it.
let downloads = TargetDependencyCondition.when(traits: ["Downloads"])

/// What only training in several processes needs.
let distributed: Set<String> = ["Distributed"]

/// What others may import: every module whose types stand in a public signature, each with the target of its name.
let libraries = [
  "MultiBox", "Images", "Weights", "Inference", "Datasets", "Evaluation", "Explain", "Report",
  "Downloads", "Torch", "SSD", "TensorBoard", "Training", "MessagePassing",
]

let package = Package(
  name: "swift-ssd",
  // Synchronization needs it.
  platforms: [.macOS(.v15)],
  products: libraries.map { Product.library(name: $0, targets: [$0]) } + [
    .executable(name: "ssd", targets: ["CommandLineTool"])
  ],
  traits: [
    .trait(name: "Training", description: "Training and everything else that stands on libtorch."),
    .trait(
      name: "Distributed", description: "Training in several processes, over MPI and NCCL.",
      enabledTraits: ["Training", "Downloads"]),
    .trait(name: "Downloads", description: "Weights and data sets from the network."),
    .default(enabledTraits: ["Training", "Downloads"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    // The vocabulary: boxes, priors, offsets, suppression. Plain Swift.
    .target(name: "MultiBox"),
    .testTarget(
      name: "MultiBoxTests", dependencies: ["MultiBox", "Weights", "TestSupport"],
      resources: [.copy("Resources")]),

    // Pictures.
    .target(name: "CCairo"),
    .target(
      name: "CImages",
      linkerSettings: [
        .linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("webp"),
      ]),
    .target(name: "Images", dependencies: ["CImages", "CCairo"]),
    .testTarget(
      name: "ImagesTests", dependencies: ["Images", "TestSupport"],
      resources: [.copy("Resources")]),

    // Protocol buffer messages, for Caffe's models, ONNX and TensorBoard.
    .target(name: "Protobuf"),
    .testTarget(name: "ProtobufTests", dependencies: ["Protobuf", "TestSupport"]),

    // Arrays on disk.
    .target(name: "Weights", dependencies: ["MultiBox", "Protobuf"]),
    .testTarget(
      name: "WeightsTests",
      dependencies: ["Weights", "MultiBox", "Protobuf", "TestSupport", "WeightsStress"]),
    .executableTarget(
      name: "WeightsStress", dependencies: ["Weights", "MultiBox", "TestSupport"],
      path: "Tests/WeightsStress"),

    // From a picture to detections.
    .target(name: "CKernels"),
    .target(name: "Inference", dependencies: ["MultiBox", "Images", "Weights", "CKernels"]),
    .testTarget(
      name: "InferenceTests",
      dependencies: ["Inference", "Images", "Weights", "MultiBox", "TestSupport", "KernelStress"]),
    .target(name: "KernelStress", path: "Tests/KernelStress"),

    .target(name: "Datasets", dependencies: ["MultiBox", "Images"]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "TestSupport"],
      resources: [.copy("Resources")]),

    // Weights and data from the places where their authors put them.
    .target(
      name: "Downloads",
      dependencies: [
        .product(
          name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Downloads"]))
      ]),
    .testTarget(name: "DownloadsTests", dependencies: ["Downloads", "TestSupport"]),

    // Pictures of every concept, drawn by the code they explain.
    .target(
      name: "Explain",
      dependencies: ["MultiBox", "Images", "Datasets", "Inference", "Weights", "Evaluation"]),
    .testTarget(
      name: "ExplainTests", dependencies: ["Explain", "Evaluation", "SSD", "TestSupport"]),

    .target(name: "Evaluation", dependencies: ["MultiBox"]),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "Datasets", "TestSupport"],
      resources: [.copy("Resources")]),

    // What a model does, and what it does wrong, as one HTML page.
    .target(
      name: "Report",
      dependencies: [
        "Evaluation", "Images", "MultiBox",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Templates")]),
    .testTarget(
      name: "ReportTests",
      dependencies: ["Report", "Evaluation", "Images", "MultiBox", "TestSupport"]),

    // What TensorBoard reads.
    .target(name: "TensorBoard", dependencies: ["Evaluation", "Protobuf"]),
    .testTarget(
      name: "TensorBoardTests", dependencies: ["TensorBoard", "Evaluation", "TestSupport"]),

    // The only place that sees libtorch.
    .target(
      name: "CTorch", dependencies: ["CKernels"],
      cxxSettings: [
        // Without modules, CKernels.h is a header like any other.
        .unsafeFlags([
          "-isystem", "\(libtorch)/include", "-fno-cxx-modules",
          "-include", "\(Context.packageDirectory)/Sources/CTorch/RequiredLibtorch.h",
        ])
      ],
      linkerSettings: [
        .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
        // The first run path is for `make install`, the second for what stays in this folder.
        .unsafeFlags([
          "-L\(libtorch)/lib",
          "-Xlinker", "-rpath", "-Xlinker", "\(programFolder)/../lib/swift-ssd/torch/lib",
        ]),
        .unsafeFlags(
          isForOtherMachines ? [] : ["-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"]),
      ]),
    .target(name: "Torch", dependencies: ["CTorch"]),
    .testTarget(name: "TorchTests", dependencies: ["Torch", "Inference", "TestSupport"]),

    .target(name: "SSD", dependencies: ["Torch", "MultiBox", "Weights", "Inference"]),
    .testTarget(
      name: "SSDTests", dependencies: ["SSD", "Inference", "TestSupport"],
      resources: [.copy("Resources")]),

    // The files are built into the program.
    .target(
      name: "Recipes", path: "Recipes",
      resources: [
        "voc0712", "voc0712-ssd512", "bccd", "bccd-stem", "fod-a", "playing-cards", "shapes",
      ].map { .embedInCode("\($0).json") }),

    .target(
      name: "Training",
      dependencies: ["SSD", "Datasets", "Evaluation", "Images", "TensorBoard", "Recipes"]),
    .testTarget(name: "TrainingTests", dependencies: ["Training", "Weights", "TestSupport"]),

    // Processes that train together. Without the trait both are empty, and nobody needs an MPI.
    .target(
      name: "CMPI", cSettings: [.define("SSD_DISTRIBUTED", .when(traits: distributed))],
      linkerSettings: [.linkedLibrary("mpi", .when(traits: distributed))]),
    .target(name: "MessagePassing", dependencies: ["CMPI", "Torch", "Training"]),

    .executableTarget(
      name: "CommandLineTool",
      dependencies: [
        "MultiBox", "Images", "Weights", "Inference", "Datasets", "Evaluation", "Explain", "Report",
        .target(name: "Downloads", condition: downloads),
        .target(name: "SSD", condition: training),
        .target(name: "Training", condition: training),
        .target(name: "MessagePassing", condition: .when(traits: distributed)),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "TextTable", package: "TextTable"),
      ]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "CommandLineTool", "SSD", "MultiBox", "Images", "Weights", "Datasets", "Training",
        "TestSupport",
      ]),

    // The guide's code, chapter by chapter; see scripts/snippets.sh.
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "MultiBox", "Images", "Weights", "Inference", "Datasets", "Evaluation", "Torch", "SSD",
        "Training",
      ]),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
  ],
  cxxLanguageStandard: .cxx20
)

// Only `make docs` needs DocC's plugin and the target that holds the guide. Who builds or uses the package fetches neither.
if Context.environment["SSD_DOCUMENTATION"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
  package.targets.append(
    .target(
      name: "SwiftSSD",
      dependencies: [
        "MultiBox", "Images", "Weights", "Inference", "Datasets", "Evaluation", "Torch", "SSD",
        "Training", "Explain", "Report",
      ], path: "Docs/Guide"))
}
