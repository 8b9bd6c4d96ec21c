"""What `ssd detect` does, in Python with torchvision: one picture, one model file, boxes printed."""

import sys

import torch
from PIL import Image
from torchvision.models.detection import ssd300_vgg16
from torchvision.transforms.functional import pil_to_tensor

model = ssd300_vgg16(weights=None, weights_backbone=None, num_classes=21).eval()
model.load_state_dict(torch.load(sys.argv[1], mmap=True, weights_only=True), assign=True)
with torch.inference_mode():
    found = model([pil_to_tensor(Image.open(sys.argv[2]).convert("RGB")).float() / 255])[0]
for label, score, box in zip(found["labels"], found["scores"], found["boxes"]):
    if score > 0.2:
        print(int(label), float(score), box.tolist())
