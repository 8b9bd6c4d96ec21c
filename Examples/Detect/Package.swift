// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Detect",
  dependencies: [
    // Without traits it is detection alone: no libtorch, no HTTP client.
    .package(name: "swift-ssd", path: "../..", traits: [])
  ],
  targets: [
    .executableTarget(
      name: "Detect",
      dependencies: [
        .product(name: "Images", package: "swift-ssd"),
        .product(name: "Inference", package: "swift-ssd"),
        .product(name: "MultiBox", package: "swift-ssd"),
      ])
  ]
)
