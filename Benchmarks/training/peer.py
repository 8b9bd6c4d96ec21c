"""SSD300 in PyTorch, as a benchmark of training steps runs it.

`tutorial` is what one gets by following the best-known tutorial: float32, a loss that matches objects and
mines negatives image by image, `torch.optim.SGD` as it comes. `tuned` is the same network and loss with
bfloat16 autocast, channels last and the fused optimiser.

Reads one line a measurement from standard input (`step COUNT`), answers with a line of JSON.
"""

import argparse
import contextlib
import json
import struct
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

CLASSES = 21
MEAN = torch.tensor([0.485, 0.456, 0.406])
DEVIATION = torch.tensor([0.229, 0.224, 0.225])


# The network.


class Base(nn.Module):
    """VGG-16 whose fully connected layers have become convolutions."""

    WIDTHS = [64, 128, 256, 512, 512]
    DEPTHS = [2, 2, 3, 3, 3]

    def __init__(self):
        super().__init__()
        channels = 3
        for block, (width, depth) in enumerate(zip(self.WIDTHS, self.DEPTHS), 1):
            for place in range(1, depth + 1):
                setattr(self, f"conv{block}_{place}", nn.Conv2d(channels, width, 3, padding=1))
                channels = width
        self.pool1 = nn.MaxPool2d(2, 2)
        self.pool2 = nn.MaxPool2d(2, 2)
        self.pool3 = nn.MaxPool2d(2, 2, ceil_mode=True)
        self.pool4 = nn.MaxPool2d(2, 2)
        self.pool5 = nn.MaxPool2d(3, 1, padding=1)
        self.conv6 = nn.Conv2d(512, 1024, 3, padding=6, dilation=6)
        self.conv7 = nn.Conv2d(1024, 1024, 1)

    def forward(self, x):
        for block, depth in enumerate(self.DEPTHS, 1):
            for place in range(1, depth + 1):
                x = F.relu(getattr(self, f"conv{block}_{place}")(x))
            if block == 4:
                conv4_3 = x
            x = getattr(self, f"pool{block}")(x)
        return conv4_3, F.relu(self.conv7(F.relu(self.conv6(x))))


class Auxiliary(nn.Module):
    """Four pairs of convolutions that make ever smaller maps."""

    def __init__(self):
        super().__init__()
        self.conv8_1 = nn.Conv2d(1024, 256, 1)
        self.conv8_2 = nn.Conv2d(256, 512, 3, stride=2, padding=1)
        self.conv9_1 = nn.Conv2d(512, 128, 1)
        self.conv9_2 = nn.Conv2d(128, 256, 3, stride=2, padding=1)
        self.conv10_1 = nn.Conv2d(256, 128, 1)
        self.conv10_2 = nn.Conv2d(128, 256, 3)
        self.conv11_1 = nn.Conv2d(256, 128, 1)
        self.conv11_2 = nn.Conv2d(128, 256, 3)

    def forward(self, x):
        maps = []
        for block in range(8, 12):
            x = F.relu(getattr(self, f"conv{block}_1")(x))
            x = F.relu(getattr(self, f"conv{block}_2")(x))
            maps.append(x)
        return maps


class Prediction(nn.Module):
    """Offsets and class scores of every prior, by 3x3 convolutions on six maps."""

    MAPS = [
        ("conv4_3", 512, 4), ("conv7", 1024, 6), ("conv8_2", 512, 6), ("conv9_2", 256, 6),
        ("conv10_2", 256, 4), ("conv11_2", 256, 4),
    ]

    def __init__(self):
        super().__init__()
        for name, channels, priors in self.MAPS:
            setattr(self, f"loc_{name}", nn.Conv2d(channels, priors * 4, 3, padding=1))
            setattr(self, f"cl_{name}", nn.Conv2d(channels, priors * CLASSES, 3, padding=1))

    def forward(self, maps):
        def stacked(kind, width):
            return torch.cat(
                [
                    getattr(self, f"{kind}_{name}")(x)
                    .permute(0, 2, 3, 1).contiguous().view(x.size(0), -1, width)
                    for (name, _, _), x in zip(self.MAPS, maps)
                ],
                dim=1)

        return stacked("loc", 4), stacked("cl", CLASSES)


class SSD300(nn.Module):
    def __init__(self):
        super().__init__()
        self.rescale_factors = nn.Parameter(torch.full((1, 512, 1, 1), 20.0))
        self.base = Base()
        self.aux_convs = Auxiliary()
        self.pred_convs = Prediction()

    def forward(self, x):
        conv4_3, conv7 = self.base(x)
        norm = conv4_3.pow(2).sum(dim=1, keepdim=True).sqrt() + 1e-10
        conv4_3 = conv4_3 / norm * self.rescale_factors
        return self.pred_convs([conv4_3, conv7] + self.aux_convs(conv7))


# The loss.


def prior_boxes():
    """(8732, 4), centre-size, cut off at the image's edge."""
    sizes = [38, 19, 10, 5, 3, 1]
    scales = [0.1, 0.2, 0.375, 0.55, 0.725, 0.9]
    three, five = [1.0, 2.0, 0.5], [1.0, 2.0, 3.0, 0.5, 0.333]
    boxes = []
    for level, ratios in enumerate([three, five, five, five, three, three]):
        extra = (scales[level] * scales[level + 1]) ** 0.5 if level < 5 else 1.0
        for row in range(sizes[level]):
            for column in range(sizes[level]):
                x, y = (column + 0.5) / sizes[level], (row + 0.5) / sizes[level]
                for ratio in ratios:
                    boxes.append([x, y, scales[level] * ratio**0.5, scales[level] / ratio**0.5])
                    if ratio == 1.0:
                        boxes.append([x, y, extra, extra])
    corners = boundary(torch.tensor(boxes).clamp(0, 1)).clamp(0, 1)
    return torch.cat([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], dim=1)


def boundary(boxes):
    return torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], dim=1)


def overlaps(a, b):
    low = torch.max(a[:, None, :2], b[None, :, :2])
    high = torch.min(a[:, None, 2:], b[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(dim=2)
    area_a = (a[:, 2:] - a[:, :2]).prod(dim=1)
    area_b = (b[:, 2:] - b[:, :2]).prod(dim=1)
    return shared / (area_a[:, None] + area_b[None, :] - shared)


class MultiBoxLoss(nn.Module):
    def __init__(self, priors, threshold=0.5, negatives=3):
        super().__init__()
        self.priors, self.corners = priors, boundary(priors)
        self.threshold, self.negatives = threshold, negatives
        self.surprise = nn.CrossEntropyLoss(reduction="none")

    def forward(self, locations, scores, boxes, labels):
        count, priors = scores.shape[:2]
        true_classes = torch.zeros((count, priors), dtype=torch.long)
        true_offsets = torch.zeros((count, priors, 4))
        for i in range(count):
            objects = boxes[i].shape[0]
            shared = overlaps(boxes[i], self.corners)
            best, owner = shared.max(dim=0)
            favourite = shared.max(dim=1)[1]
            owner[favourite] = torch.arange(objects)
            best[favourite] = 1.0
            classes = labels[i][owner]
            classes[best < self.threshold] = 0
            true_classes[i] = classes
            matched = boxes[i][owner]
            size = matched[:, 2:] - matched[:, :2]
            centre = (matched[:, 2:] + matched[:, :2]) / 2
            true_offsets[i] = torch.cat(
                [
                    (centre - self.priors[:, :2]) / (self.priors[:, 2:] / 10),
                    torch.log(size / self.priors[:, 2:]) * 5,
                ],
                dim=1)

        positive = true_classes != 0
        # The paper's localization loss: the four coordinates are added.
        localization = F.smooth_l1_loss(
            locations[positive], true_offsets[positive], reduction="sum") / positive.sum()
        per_image = positive.sum(dim=1)
        surprise = self.surprise(scores.view(-1, CLASSES), true_classes.view(-1))
        surprise = surprise.view(count, priors)
        of_positives = surprise[positive].sum()
        of_negatives = surprise.clone()
        of_negatives[positive] = 0.0
        of_negatives, _ = of_negatives.sort(dim=1, descending=True)
        rank = torch.arange(priors).unsqueeze(0).expand_as(of_negatives)
        hard = rank < (self.negatives * per_image).unsqueeze(1)
        confidence = (of_negatives[hard].sum() + of_positives) / positive.sum().float()
        return confidence + localization


# Weights and images that any language can make (murmur3's finaliser over the position).


def hashed(count, layer):
    i = numpy.arange(count, dtype=numpy.uint32)
    i += numpy.uint32((0x9E3779B9 * layer) & 0xFFFFFFFF)
    i ^= i >> numpy.uint32(16)
    i *= numpy.uint32(0x85EBCA6B)
    i ^= i >> numpy.uint32(13)
    i *= numpy.uint32(0xC2B2AE35)
    i ^= i >> numpy.uint32(16)
    return i


def images(count, size):
    """Noise, (count, size, size, 3) bytes."""
    noise = hashed(count * size * size * 3, 1) >> numpy.uint32(24)
    return torch.from_numpy(noise.astype(numpy.uint8).reshape(count, size, size, 3))


def objects(count):
    """One to four objects an image."""
    boxes, labels = [], []
    for image in range(count):
        unit = hashed(5 * (1 + image % 4), 2 + image).astype(numpy.float64) / 2**32
        found, classes = [], []
        for x, y, width, height, kind in unit.reshape(-1, 5):
            width, height = 0.1 + 0.6 * width, 0.1 + 0.6 * height
            left, top = x * (1 - width), y * (1 - height)
            found.append([left, top, left + width, top + height])
            classes.append(1 + int(kind * (CLASSES - 1)))
        boxes.append(torch.tensor(found, dtype=torch.float32))
        labels.append(torch.tensor(classes))
    return boxes, labels


def initialize(network):
    """Uniform weights of He's variance, a tenth of it where predictions are made, so that steps stay small."""
    for layer, (name, parameter) in enumerate(network.named_parameters(), 1):
        if name == "rescale_factors":
            continue
        unit = torch.from_numpy(hashed(parameter.numel(), layer).astype(numpy.float64) / 2**31 - 1)
        if parameter.dim() > 1:
            bound = (6 / parameter[0].numel()) ** 0.5
            bound *= 0.1 if name.startswith("pred_convs") else 1
        else:
            bound = 0
        parameter.data.copy_((unit * bound).view_as(parameter))


def write_safetensors(network, path):
    header, data, offset = {}, [], 0
    for name, parameter in network.state_dict().items():
        values = parameter.detach().contiguous().numpy().tobytes()
        header[name] = {
            "dtype": "F32", "shape": list(parameter.shape),
            "data_offsets": [offset, offset + len(values)],
        }
        data.append(values)
        offset += len(values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(data)


class Side:
    def __init__(self, kind, batch, learning_rate):
        torch.manual_seed(0)
        self.tuned = kind == "tuned"
        self.network = SSD300().train()
        initialize(self.network)
        if self.tuned:
            self.network = self.network.to(memory_format=torch.channels_last)
        self.loss = MultiBoxLoss(prior_boxes())
        biases, others = [], []
        for name, parameter in self.network.named_parameters():
            (biases if name.endswith(".bias") else others).append(parameter)
        self.optimizer = torch.optim.SGD(
            [{"params": biases, "lr": 2 * learning_rate}, {"params": others}],
            lr=learning_rate, momentum=0.9, weight_decay=5e-4,
            **({"fused": True} if self.tuned else {}))
        self.pixels = images(batch, 300)
        self.boxes, self.labels = objects(batch)

    def step(self):
        marks = [time.perf_counter()]
        x = ((self.pixels.float() / 255 - MEAN) / DEVIATION).permute(0, 3, 1, 2)
        x = x.contiguous(
            memory_format=torch.channels_last if self.tuned else torch.contiguous_format)
        precision = (
            torch.autocast("cpu", dtype=torch.bfloat16) if self.tuned else contextlib.nullcontext())
        with precision:
            locations, scores = self.network(x)
        marks.append(time.perf_counter())
        loss = self.loss(locations.float(), scores.float(), self.boxes, self.labels)
        marks.append(time.perf_counter())
        self.optimizer.zero_grad()
        loss.backward()
        marks.append(time.perf_counter())
        self.optimizer.step()
        marks.append(time.perf_counter())
        value = loss.item()
        names = ["forward", "loss", "backward", "optimiser"]
        return {
            "loss": value, "seconds": marks[-1] - marks[0],
            "stages": {n: b - a for n, a, b in zip(names, marks, marks[1:])},
        }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["tutorial", "tuned", "weights"])
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--output")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.kind == "weights":
        network = SSD300()
        initialize(network)
        write_safetensors(network, options.output)
        return
    side = Side(options.kind, options.batch, options.learning_rate)
    print(json.dumps({"ready": torch.__version__}), flush=True)
    for line in sys.stdin:
        for _ in range(int(line.split()[1])):
            print(json.dumps(side.step()), flush=True)


if __name__ == "__main__":
    main()
