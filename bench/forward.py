#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""One call of each shipped network, by ossbench and by PyTorch: the same weights, inputs and threads, in turns.

  /usr/bin/python3 bench/forward.py [--build build/release] [--batch 1 32] [--threads 1 2] [--csv FILE] [NETWORK ...]

Both compute the denoiser's output D, preconditioning included; PyTorch's eagerly, without gradients. The outputs are compared. Times are the
best call of all rounds. Ends with status 1 where outputs differ by more than 1e-4 of the largest or where ossbench is slower.
"""

import argparse
import csv
import io
import math
import os
import subprocess
import sys
import tempfile
import time

# For both: threads that sleep between operations cost 100 microseconds each; those that spin on when a program has its result disturb the other.
os.environ.setdefault("GOMP_SPINCOUNT", "100000")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
MODELS = os.path.join(ROOT, "models")

NETWORKS = {
    "digits_unet": f"{{kind: songunet, file: {MODELS}/digits_unet.safetensors, class: drawn}}",
    "digits_dit": f"{{kind: dit, file: {MODELS}/digits_dit.safetensors, class: drawn}}",
    "patches_unet": f"{{kind: songunet, file: {MODELS}/patches_unet.safetensors}}",
    "digits_mar": f"{{kind: mar_mlp, file: {MODELS}/digits_mar.safetensors, conditions: {MODELS}/digits_mar_z.h5, dataset: z}}",
}
ROUNDS = 4
LARGEST = 1e-4  # difference of the outputs


class Reference:
    """A shipped network in PyTorch, as a function of flow coordinates."""

    def __init__(self, name):
        import torch
        from osstrain.check import load

        self.torch = torch
        self.network, self.metadata = load(os.path.join(MODELS, name + ".safetensors"))
        self.conditions = None
        if self.metadata["class"] == "SimpleMLPAdaLN":
            import h5py

            with h5py.File(os.path.join(MODELS, "digits_mar_z.h5")) as file:
                self.conditions = torch.tensor(file["z"][:])

    def condition(self, label):
        torch, size = self.torch, int(self.metadata.get("label_dim", self.metadata.get("num_classes", 0)))
        label = torch.tensor(label).long()
        if self.conditions is not None:
            return self.conditions[label]
        if self.metadata["class"] == "DiT":
            return torch.where(label < 0, torch.tensor(size), label)
        if size == 0:
            return None
        return torch.nn.functional.one_hot(label.clamp(min=0), size).float() * (label >= 0)[:, None]

    def prepare(self, shape, x, t, label):
        torch = self.torch
        self.x = torch.tensor(x).reshape(-1, *shape)
        self.t = torch.tensor(t).reshape(-1, *[1] * len(shape))
        self.c = self.condition(label)
        betas = torch.linspace(float(self.metadata.get("beta_start", 1e-4)), float(self.metadata.get("beta_end", 0.02)), int(self.metadata.get("train_steps", 1000)), dtype=torch.float64)
        alphas = torch.cumprod(1 - betas, 0)
        self.logs = (0.5 * ((1 - alphas) / alphas).log()).numpy()

    def call(self):
        import numpy as np

        torch, t = self.torch, self.t
        if self.metadata.get("precondition") == "edm":
            sd = float(self.metadata.get("sigma_data", 0.5))
            r = (t**2 + sd**2 * (1 - t) ** 2).sqrt()
            noise = ((t / (1 - t)).log() / 4).float().flatten()
            f = self.network((1 / r).float() * self.x, noise, self.c)
            return (sd**2 * (1 - t) / r**2).float() * self.x + (t * sd / r).float() * f
        sigma = (t / (1 - t)).flatten()
        index = torch.tensor(np.interp(sigma.log().numpy(), self.logs, np.arange(len(self.logs)))).float()
        r = (t**2 + (1 - t) ** 2).sqrt()
        f = self.network((1 / r).float() * self.x, index, self.c)[:, : self.x.shape[1]]
        return (1 / (1 - t)).float() * self.x - (t / (1 - t)).float() * f


def ours(build, name, batch, threads, seconds, keep):
    command = [os.path.join(build, "bench", "bench_forward"), "--denoiser", NETWORKS[name], "--batch", str(batch), "--threads", str(threads), "--seconds", str(seconds), "--keep", keep]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"forward: {name}: {done.stderr.strip()}")
    row = next(csv.DictReader(io.StringIO(done.stdout)))
    return float(row["best_seconds"]), float(row["gflops"])


def theirs(reference, threads, seconds):
    torch = reference.torch
    torch.set_num_threads(threads)
    best = math.inf
    with torch.no_grad():
        for _ in range(3):
            out = reference.call()
        end, calls = time.perf_counter() + seconds, 0
        while calls < 3 or time.perf_counter() < end:
            begin = time.perf_counter()
            out = reference.call()
            best = min(best, time.perf_counter() - begin)
            calls += 1
    return best, out


def compare(build, name, batch, threads, seconds, folder):
    import h5py

    keep = os.path.join(folder, "kept.h5")
    reference, shape = Reference(name), None
    row = {"network": name, "batch": batch, "threads": threads, "ossbench": math.inf, "pytorch": math.inf}
    for _ in range(ROUNDS):
        taken, rate = ours(build, name, batch, threads, seconds, keep)
        row["ossbench"] = min(row["ossbench"], taken)
        row["gflops"] = max(row.get("gflops", 0.0), rate)
        if shape is None:
            with h5py.File(keep) as file:
                x, t, label, d = (file[key][:] for key in ("x", "t", "label", "D"))
            metadata = reference.metadata
            size = int(metadata.get("img_resolution", metadata.get("input_size", 0)))
            shape = (int(metadata["in_channels"]), size, size) if size else (int(metadata["in_channels"]),)
            reference.prepare(shape, x, t, label)
        taken, out = theirs(reference, threads, seconds)
        row["pytorch"] = min(row["pytorch"], taken)
    row["difference"] = float(abs(out.numpy().reshape(d.shape) - d).max() / abs(d).max())
    row["ratio"] = row["pytorch"] / row["ossbench"]
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=", ".join(NETWORKS))
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=1.0, help="of each round and program (%(default)s)")
    parser.add_argument("--csv", help="write the table there too")
    arguments = parser.parse_args()
    try:
        import torch
    except ImportError:
        sys.exit("forward: no PyTorch for this Python: apt-get install python3-torch, and run it by /usr/bin/python3")
    unknown = [name for name in arguments.networks if name not in NETWORKS]
    if unknown:
        parser.error(f"no network {unknown[0]}; they are {', '.join(NETWORKS)}")
    program = os.path.join(arguments.build, "bench", "bench_forward")
    if not os.path.exists(program):
        sys.exit(f"forward: no {program}: build it first (scripts/build.sh release), or name the build with --build")
    print(f"PyTorch {torch.__version__}; milliseconds a call, best of {ROUNDS} rounds of {arguments.seconds} s in turns\n")
    print(f"{'network':14} {'batch':>5} {'threads':>7} {'ossbench':>9} {'GFLOP/s':>8} {'PyTorch':>9} {'ratio':>6} {'difference':>10}")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.networks or NETWORKS:
            for batch in arguments.batch:
                for threads in arguments.threads:
                    row = compare(arguments.build, name, batch, threads, arguments.seconds, folder)
                    rows.append(row)
                    print(f"{name:14} {batch:5} {threads:7} {row['ossbench'] * 1e3:9.3f} {row['gflops']:8.1f} {row['pytorch'] * 1e3:9.3f} {row['ratio']:6.2f} {row['difference']:10.1e}", flush=True)
    if arguments.csv:
        with open(arguments.csv, "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    wrong = [row for row in rows if not row["difference"] < LARGEST]
    slow = [row for row in rows if not row["ratio"] >= 1.0]
    for row in wrong:
        print(f"forward: {row['network']}: outputs differ by {row['difference']:.1e} of the largest", file=sys.stderr)
    for row in slow:
        print(f"forward: {row['network']}, batch {row['batch']}, {row['threads']} threads: slower than PyTorch ({row['ratio']:.2f})", file=sys.stderr)
    sys.exit(1 if wrong or slow else 0)


if __name__ == "__main__":
    main()
