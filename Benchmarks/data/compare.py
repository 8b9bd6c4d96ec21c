"""Training samples from a Pascal VOC folder, ours and the tutorial's pipeline, one thread each, in turn: images a second."""

import argparse
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from alternate import Side, ratio_with_spread  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", help="a Pascal VOC folder and its list, such as VOC2007/trainval")
    parser.add_argument("--ssd", default=str(FOLDER.parents[1] / ".build/release/ssd"))
    parser.add_argument("--samples", type=int, default=200, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    data = Path(options.data)
    sides = [
        Side("ssd", [options.ssd, "benchmark", "data", data, "--on-demand"]),
        Side("tutorial", [sys.executable, FOLDER / "peer.py", data.parent, data.name]),
    ]
    for side in sides:
        side.work(options.samples, counts=False)
    for _ in range(options.rounds):
        for side in sides:
            side.work(options.samples)
    for side in sides:
        side.close()
        print(f"{side.name:10}{options.samples / side.median():9.1f} images/s and core")
    ratio, low, high = ratio_with_spread(sides[1], sides[0])
    print(f"ssd is {ratio:.2f} times as fast ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
