"""The best-known tutorial's way from a picture to a training sample, in our own words: Pillow and torchvision, one
transformation after the other on the whole picture."""

import random

import torch
import torchvision.transforms.functional as F
from PIL import Image

MEAN = [0.485, 0.456, 0.406]
DEVIATION = [0.229, 0.224, 0.225]
OVERLAPS = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, None]


def distort(picture):
    """Four changes of colour in random order, each with a chance of one half."""
    changes = [
        lambda p: F.adjust_brightness(p, random.uniform(0.5, 1.5)),
        lambda p: F.adjust_contrast(p, random.uniform(0.5, 1.5)),
        lambda p: F.adjust_saturation(p, random.uniform(0.5, 1.5)),
        lambda p: F.adjust_hue(p, random.uniform(-18 / 255, 18 / 255)),
    ]
    random.shuffle(changes)
    for change in changes:
        if random.random() < 0.5:
            picture = change(picture)
    return picture


def zoom_out(width, height, boxes):
    """A canvas up to four times as wide and high. Returns its size, the picture's place on it, and the moved boxes."""
    scale = random.uniform(1, 4)
    new_width, new_height = int(scale * width), int(scale * height)
    left, top = random.randint(0, new_width - width), random.randint(0, new_height - height)
    return new_width, new_height, left, top, boxes + torch.tensor([left, top, left, top]).float()


def overlaps(box, boxes):
    low, high = torch.max(boxes[:, :2], box[:2]), torch.min(boxes[:, 2:], box[2:])
    shared = (high - low).clamp(min=0).prod(dim=1)
    return shared / ((boxes[:, 2:] - boxes[:, :2]).prod(dim=1) + (box[2:] - box[:2]).prod() - shared)


def crop(width, height, boxes):
    """A part with an object that overlaps it enough, and the objects whose centres lie in it; None for no crop.

    Returns (left, top, right, bottom), the kept boxes within the part, and which were kept."""
    while True:
        minimum = random.choice(OVERLAPS)
        if minimum is None:
            return None
        for _ in range(50):
            new_height = int(random.uniform(0.3, 1) * height)
            new_width = int(random.uniform(0.3, 1) * width)
            if not 0.5 < new_height / new_width < 2:
                continue
            left, top = random.randint(0, width - new_width), random.randint(0, height - new_height)
            part = torch.tensor([left, top, left + new_width, top + new_height]).float()
            if overlaps(part, boxes).max().item() < minimum:
                continue
            centres = (boxes[:, :2] + boxes[:, 2:]) / 2
            kept = ((centres > part[:2]) & (centres < part[2:])).all(dim=1)
            if not kept.any():
                continue
            inside = boxes[kept].clone()
            inside[:, :2] = torch.max(inside[:, :2], part[:2]) - part[:2]
            inside[:, 2:] = torch.min(inside[:, 2:], part[2:]) - part[:2]
            return (left, top, left + new_width, top + new_height), inside, kept


def sample(picture, boxes, size=300):
    """A picture (RGB) and its boxes in pixels to (3, size, size), normalised, and boxes in fractions."""
    tensor = F.to_tensor(distort(picture))
    height, width = tensor.shape[1:]
    if random.random() < 0.5:
        new_width, new_height, left, top, boxes = zoom_out(width, height, boxes)
        canvas = torch.ones((3, new_height, new_width)) * torch.tensor(MEAN).view(3, 1, 1)
        canvas[:, top : top + height, left : left + width] = tensor
        tensor = canvas
        width, height = new_width, new_height
    part = crop(width, height, boxes)
    if part is not None:
        (left, top, right, bottom), boxes, _ = part
        tensor = tensor[:, top:bottom, left:right]
        width, height = right - left, bottom - top
    picture = F.to_pil_image(tensor)
    if random.random() < 0.5:
        picture = F.hflip(picture)
        boxes = torch.stack(
            [width - 1 - boxes[:, 2], boxes[:, 1], width - 1 - boxes[:, 0], boxes[:, 3]], dim=1)
    picture = F.resize(picture, [size, size])
    boxes = boxes / torch.tensor([width, height, width, height])
    return F.normalize(F.to_tensor(picture), MEAN, DEVIATION), boxes


def opened(path):
    return Image.open(path).convert("RGB")
