#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Train the small networks that models/ ships, on the data sets beside them.

Usage: OMP_NUM_THREADS=1 /usr/bin/python3 scripts/train.py NAME [--resume]
       /usr/bin/python3 scripts/train.py --check GOLDENS

NAME is digits_unet, digits_dit, patches_unet, digits_mar or digits_features. The result is
NAME.safetensors (moving average of the weights), NAME.csv, NAME_loss.png and NAME_samples.png.
--check compares the networks' arithmetic with outputs of the official implementations.

The same seed gives the same bits with the same number of threads, the same version of PyTorch
and a processor of the same instruction set; other threads or versions give other round-off.

Needs (Debian): python3-torch python3-h5py python3-matplotlib python3-pil
"""

import argparse
import os
import sys

try:
    import torch
except ImportError:
    sys.exit("train: PyTorch is missing; on Debian: apt-get install python3-torch, and run with /usr/bin/python3")

from osstrain import check, output
from osstrain.loop import Trainer
from osstrain.recipes import RECIPES


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    models = os.path.relpath(os.path.join(here, "..", "models"))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("name", nargs="?", choices=sorted(RECIPES))
    parser.add_argument("--check", metavar="GOLDENS", help="compare with the goldens in this folder, train nothing")
    parser.add_argument("--data", default=models, help="folder of the data sets (default: models/)")
    parser.add_argument("--output", default=models, help="folder of the results (default: models/)")
    parser.add_argument("--work", default="build/train", help="folder of the checkpoints (default: build/train)")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    parser.add_argument("--finish", action="store_true", help="write the results of the checkpoint as it is")
    parser.add_argument("--minutes", type=float, help="stop after this time; --resume goes on")
    parser.add_argument("--seed", type=int, help="other seed than the recipe's")
    parser.add_argument("--steps", type=int, help="other number of steps than the recipe's")
    parser.add_argument("--threads", type=int, default=1, help="threads (default: 1)")
    parser.add_argument("--judge", type=int, metavar="N", help="with --finish: judge N more digits of each class")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    if options.check:
        sys.exit(0 if check.check(options.check) else 1)
    if not options.name:
        parser.error("a name or --check is needed")
    recipe = RECIPES[options.name](options.data)
    recipe.seed = recipe.seed if options.seed is None else options.seed
    recipe.steps = options.steps or recipe.steps
    os.makedirs(options.work, exist_ok=True)
    trainer = Trainer(recipe, options.work)
    if options.resume or options.finish:
        trainer.resume()
    if options.finish or trainer.run(options.minutes):
        samples = output.write(trainer, options.output)
        if options.judge:
            samples = output.draw(recipe, trainer.average, each=options.judge, step=output.SHEET + 2)
        output.judge(options.output, recipe, samples)


if __name__ == "__main__":
    main()
