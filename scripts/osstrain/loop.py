# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The training loop: Adam, warm-up and cooling, moving average of the weights, checkpoints.

Everything random in step k is drawn from a generator seeded with (seed, k). So a run that was
interrupted and resumed gives the bits of one that was not, given the same number of threads,
version of PyTorch and kind of processor.
"""

import copy
import math
import os
import time

import torch

LOG_EVERY = 50
SAVE_EVERY = 200
COOLING = 0.4


def generator(seed, step):
    """The random numbers of one step; splitmix64's mixing keeps neighbouring steps apart."""
    value = (seed * 0x9E3779B97F4A7C15 + step + 1) % 2**64
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        value = ((value ^ (value >> shift)) * factor) % 2**64
    return torch.Generator().manual_seed((value ^ (value >> 31)) % 2**63)


class Trainer:
    def __init__(self, recipe, work):
        self.recipe, self.seed = recipe, recipe.seed
        self.path = os.path.join(work, recipe.name + ".pt")
        torch.manual_seed(self.seed)
        self.network = recipe.make_network().train()
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        learned = [p for p in self.network.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(learned, lr=recipe.rate, betas=recipe.betas, weight_decay=recipe.decay)
        self.step, self.seconds, self.rows = 0, 0.0, []

    def save(self):
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "rows": self.rows,
            "seed": self.seed,
        }
        torch.save(state, self.path + ".tmp")
        os.replace(self.path + ".tmp", self.path)

    def resume(self):
        if not os.path.exists(self.path):
            raise SystemExit(f"train: there is no checkpoint {self.path} to go on from")
        state = torch.load(self.path)
        if state["seed"] != self.seed:
            raise SystemExit(f"train: {self.path} is of seed {state['seed']}, not {self.seed}")
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds, self.rows = state["step"], state["seconds"], state["rows"]

    def rate(self):
        """Linear warm-up, the full rate, and a straight line to zero over the last COOLING of the steps."""
        warm = (self.step + 1) / self.recipe.warm_up
        left = (self.recipe.steps - self.step) / (COOLING * self.recipe.steps)
        return self.recipe.rate * min(1.0, warm, left)

    def one_step(self):
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        loss = self.recipe.loss(self.network, generator(self.seed, self.step))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip)
        self.optimizer.step()
        self.step += 1
        keep = min(self.recipe.average, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, value in zip(self.average.parameters(), self.network.parameters()):
                mean.lerp_(value, 1 - keep)
        return loss.item()

    def run(self, minutes=None):
        """Train to the recipe's number of steps, or stop (resumable) after `minutes`."""
        start, before, losses = time.monotonic(), self.seconds, []
        while self.step < self.recipe.steps:
            losses.append(self.one_step())
            if not math.isfinite(losses[-1]):
                raise SystemExit(f"train: the loss is {losses[-1]} in step {self.step}")
            self.seconds = before + time.monotonic() - start
            if self.step % LOG_EVERY == 0:
                mean = sum(losses) / len(losses)
                losses = []
                self.rows.append((self.step, mean, self.seconds))
                print(
                    f"{self.recipe.name}: step {self.step} of {self.recipe.steps}, loss {mean:.5f}, "
                    f"rate {self.rate():.2e}, {self.seconds / 60:.1f} min",
                    flush=True,
                )
            if self.step % SAVE_EVERY == 0:
                self.save()
            if minutes is not None and time.monotonic() - start > 60 * minutes:
                break
        self.save()
        return self.step >= self.recipe.steps
