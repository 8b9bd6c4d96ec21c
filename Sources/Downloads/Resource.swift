import Foundation

/// Weights and data sets that can be fetched by name.
public struct Resource: Sendable {
  /// What a user calls it.
  public let name: String
  /// What it is, in a few words.
  public let summary: String
  /// What has to be fetched.
  public let file: RemoteFile
  /// For an archive: a file that is there once it has been unpacked, relative to the folder.
  public let unpackedMark: String?

  package init(name: String, summary: String, file: RemoteFile, unpackedMark: String?) {
    self.name = name
    self.summary = summary
    self.file = file
    self.unpackedMark = unpackedMark
  }

  /// Whether it is an archive that is unpacked.
  public var isArchive: Bool { unpackedMark != nil }

  /// The resource of that name, or nil when there is none.
  public static func named(_ name: String) -> Resource? { all.first { $0.name == name } }

  /// All that is known. torchvision's names carry the first digits of the SHA-256.
  public static let all: [Resource] = [
    weights(
      "vgg16", "VGG-16 trained on ImageNet, of torchvision (553 MB): a base to train from",
      "https://download.pytorch.org/models/vgg16-397923af.pth", sha256: "397923af"),
    weights(
      "vgg16-reduced-fc", "the VGG-16 of the authors, already reduced: a base to train from",
      "https://s3.amazonaws.com/amdegroot-models/vgg16_reducedfc.pth", byteCount: 81_938_914,
      sha256: "633cb3a85c60f76737114bf41c8f8a7c8d23cc1215e4b44812fb068a09022d5f"),
    weights(
      "ssd300-voc", "SSD300 trained on VOC 2007+2012 (20 classes), of amdegroot/ssd.pytorch",
      "https://s3.amazonaws.com/amdegroot-models/ssd300_mAP_77.43_v2.pth", byteCount: 105_151_288,
      sha256: "3d147eb48c8f3771101e12ff14d8105b935d2e4e08fa471e2ee5a2426c20d61e"),
    weights(
      "ssd300-coco", "SSD300 trained on COCO (80 classes), of torchvision",
      "https://download.pytorch.org/models/ssd300_vgg16_coco-b556d3b4.pth", sha256: "b556d3b4"),
    data(
      "voc2007", "Pascal VOC 2007, lists train, val and trainval (5,011 images)",
      "voc2007/VOCtrainval_06-Nov-2007.tar", md5: "c52e279531787c972589f7e41ab4ae64",
      mark: "VOC2007/ImageSets/Main/trainval.txt"),
    data(
      "voc2007-test", "Pascal VOC 2007, list test (4,952 images), into the same folder",
      "voc2007/VOCtest_06-Nov-2007.tar", md5: "b6e924de25625d8de591ea690078ad9f",
      mark: "VOC2007/ImageSets/Main/test.txt"),
    data(
      "voc2012", "Pascal VOC 2012, lists train, val and trainval (11,540 images)",
      "voc2012/VOCtrainval_11-May-2012.tar", md5: "6cd6e144f989b92b3379bac3b3de84fd",
      mark: "VOC2012/ImageSets/Main/trainval.txt"),
  ]

  private static func weights(
    _ name: String, _ summary: String, _ address: StaticString, byteCount: Int? = nil,
    sha256: String
  ) -> Resource {
    Resource(
      name: name, summary: summary,
      file: RemoteFile(
        url(address), byteCount: byteCount, checksum: .init(.sha256, sha256)),
      unpackedMark: nil)
  }

  private static func data(
    _ name: String, _ summary: String, _ path: String, md5: String, mark: String
  ) -> Resource {
    Resource(
      name: name, summary: summary,
      file: RemoteFile(
        url("http://host.robots.ox.ac.uk/pascal/VOC/").appending(path: path),
        checksum: .init(.md5, md5)),
      unpackedMark: mark)
  }

  private static func url(_ address: StaticString) -> URL {
    guard let url = URL(string: "\(address)") else { preconditionFailure("\(address) is no URL") }
    return url
  }
}
