"""Writes what the tutorial's augmentation does on average, for `AugmentationStatisticsTests` to compare with:

    python Benchmarks/data/distribution.py > Tests/DatasetsTests/Resources/augmentation_statistics.json

Needs torchvision. Takes some minutes."""

import colorsys
import json
import random
import statistics

import torch
from PIL import Image

import tutorial_pipeline as pipeline

# Width, height and objects (in pixels, the first being 0): one large object, several, small ones in a corner, a wide picture.
LAYOUTS = [
    (500, 375, [[100, 80, 420, 350]]),
    (500, 375, [[20, 30, 120, 180], [200, 100, 380, 300], [390, 20, 480, 90], [260, 310, 330, 370]]),
    (300, 400, [[10, 10, 40, 50], [60, 15, 90, 60]]),
    (640, 240, [[50, 60, 250, 200], [300, 20, 620, 230]]),
]
GEOMETRY_DRAWS = 10_000
PIXEL_DRAWS = 3_000
HUE_DRAWS = 4_000


def summary(values):
    """Mean, standard deviation and deciles."""
    ordered = sorted(values)
    return {
        "mean": statistics.fmean(values),
        "deviation": statistics.pstdev(values),
        "deciles": [ordered[int(share / 10 * (len(ordered) - 1))] for share in range(1, 10)],
    }


def geometry(width, height, boxes):
    boxes = torch.tensor(boxes).float()
    widths, heights, ratios, kept_shares, areas = [], [], [], [], []
    zoomed = whole = 0
    for _ in range(GEOMETRY_DRAWS):
        w, h, moved = width, height, boxes
        if random.random() < 0.5:
            w, h, _, _, moved = pipeline.zoom_out(width, height, boxes)
            zoomed += 1
        part = pipeline.crop(w, h, moved)
        if part is None:
            whole += 1
            kept_shares.append(1.0)
            final_w, final_h, final = w, h, moved
        else:
            (left, top, right, bottom), final, kept = part
            final_w, final_h = right - left, bottom - top
            widths.append(final_w / w)
            heights.append(final_h / h)
            ratios.append(final_h / final_w)
            kept_shares.append(kept.float().mean().item())
        sides = final[:, 2:] - final[:, :2]
        areas.append((sides.prod(dim=1) / (final_w * final_h)).mean().item())
    return {
        "width": width, "height": height, "boxes": boxes.tolist(), "zoomedShare": zoomed / GEOMETRY_DRAWS,
        "wholeShare": whole / GEOMETRY_DRAWS, "cropWidth": summary(widths), "cropHeight": summary(heights),
        "cropRatio": summary(ratios), "keptShare": summary(kept_shares), "objectArea": summary(areas),
    }


def gradient(width, height):
    """Red grows to the right, green downwards, blue fades with both."""
    picture = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            right, down = x * 180 // (width - 1), y * 180 // (height - 1)
            picture.putpixel((x, y), (30 + right, 30 + down, 220 - (right + down) // 2))
    return picture


def pixels(width, height, boxes):
    """The mean of a sample's mean, its spread, and the mean of a sample's variance, in 0...255."""
    picture = gradient(width, height)
    boxes = torch.tensor(boxes).float()
    deviation, mean = torch.tensor(pipeline.DEVIATION), torch.tensor(pipeline.MEAN)
    means, variances = [], []
    for _ in range(PIXEL_DRAWS):
        tensor, _ = pipeline.sample(picture, boxes, size=75)
        values = (tensor * deviation.view(3, 1, 1) + mean.view(3, 1, 1)) * 255
        means.append(values.mean(dim=(1, 2)).tolist())
        variances.append(values.var(dim=(1, 2)).tolist())
    return {
        "width": width, "height": height, "boxes": boxes.tolist(), "size": 75,
        "mean": [statistics.fmean(m[c] for m in means) for c in range(3)],
        "deviationOfMean": [statistics.pstdev(m[c] for m in means) for c in range(3)],
        "variance": [statistics.fmean(v[c] for v in variances) for c in range(3)],
        "deviationOfVariance": [statistics.pstdev(v[c] for v in variances) for c in range(3)],
    }


def hue(color):
    """How far, in degrees, the colours of a picture of one colour are turned, and how often they are."""
    picture = Image.new("RGB", (8, 8), color)
    before = colorsys.rgb_to_hsv(*color)[0]
    turns, turned = [], 0
    for _ in range(HUE_DRAWS):
        changed = pipeline.distort(picture).getpixel((4, 4))
        if max(changed) - min(changed) < 30:
            continue  # too grey to have a hue
        turn = (colorsys.rgb_to_hsv(*changed)[0] - before + 0.5) % 1 - 0.5
        turns.append(turn * 360)
        turned += abs(turn * 360) > 2
    return {"color": list(color), "turn": summary(turns), "turnedShare": turned / len(turns)}


def main():
    random.seed(20160325)
    torch.set_num_threads(1)
    figures = {
        "draws": {"geometry": GEOMETRY_DRAWS, "pixels": PIXEL_DRAWS, "hue": HUE_DRAWS},
        "geometry": [geometry(*layout) for layout in LAYOUTS],
        "pixels": [
            pixels(200, 150, [[40, 30, 160, 120]]),
            pixels(150, 200, [[10, 10, 60, 80], [80, 120, 140, 190]]),
        ],
        "hue": [hue((180, 90, 60)), hue((60, 90, 180))],
    }
    print(json.dumps(figures, default=float))


if __name__ == "__main__":
    main()
