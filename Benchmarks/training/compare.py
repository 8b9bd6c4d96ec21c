"""Training steps of SSD300, ours and PyTorch's, in turn: seconds, stages, ratios and losses."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from alternate import Side, ratio_with_spread  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ssd", default=str(FOLDER.parents[1] / ".build/release/ssd"))
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--peers", default="tuned,tutorial", help="some of tuned, tutorial, and tuned-memory: tuned, keeping freed memory")
    options = parser.parse_args()
    sizes = ["--batch", options.batch, "--threads", options.threads]
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "weights.safetensors"
        subprocess.run([sys.executable, FOLDER / "peer.py", "weights", "--output", weights], check=True)
        sides = [Side("ssd", [options.ssd, "benchmark", "train", "--on-demand", "--weights", weights, *sizes], None)]
        for peer in options.peers.split(","):
            # glibc's own switches for what ssd asks of it by itself.
            memory = peer == "tuned-memory"
            command = [sys.executable, FOLDER / "peer.py", peer.removesuffix("-memory"), *sizes]
            prefix = ["env", "MALLOC_MMAP_MAX_=0", "MALLOC_TRIM_THRESHOLD_=2147483647", "MALLOC_TOP_PAD_=67108864"]
            sides.append(Side(peer, (prefix if memory else []) + command, None))
        first = [side.work(1, counts=False)[0] for side in sides]
        for _ in range(options.rounds):
            for side in sides:
                side.work(1)
        for side in sides:
            side.close()

    print(f"SSD300, batch {options.batch}, {options.threads} threads, {options.rounds} steps each, in turn; medians")
    stages = ["forward", "loss", "backward", "optimiser"]
    print(f"{'':14}{'seconds':>9}" + "".join(f"{stage:>11}" for stage in stages) + "    losses")
    for side, start in zip(sides, first):
        def stage(name):
            return side.median(lambda a: a["stages"].get(name, a["stages"].get("optimizer")))

        losses = ", ".join(f"{a['loss']:.4f}" for a in [start] + side.answers)
        print(f"{side.name:14}{side.median():9.3f}" + "".join(f"{stage(s):11.3f}" for s in stages) + f"    {losses}")
    for side in sides[1:]:
        ratio, low, high = ratio_with_spread(sides[0], side)
        print(f"ssd / {side.name}: {ratio:.3f} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
