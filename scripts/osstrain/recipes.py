# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What is trained on what, and how: one recipe a network of models/."""

import os

import h5py
import numpy as np
import torch

from . import digits
from .dit import DiT, SimpleMLPAdaLN
from .unet import SongUNet

BETA_START, BETA_END, TIMES = 1e-4, 0.02, 1000


class Recipe:
    """The common choices. Steps are what fits an hour of one core of a small machine."""

    seed = 1
    batch = 32
    rate = 2e-3
    betas = (0.9, 0.99)
    decay = 0.0
    clip = 1.0
    warm_up = 300
    average = 0.998
    guidance = 1.0  # of the sheet of samples

    def __init__(self, folder):
        with h5py.File(os.path.join(folder, self.data + ".h5"), "r") as file:
            self.points = torch.from_numpy(np.array(file["data/points"]))
            self.labels = torch.from_numpy(np.array(file["data/labels"])).long()
            self.data_attributes = dict(file.attrs)

    def draw(self, random):
        """A batch of the data and its labels."""
        index = torch.randint(len(self.points), (self.batch,), generator=random)
        return self.points[index], self.labels[index]

    def strata(self, random):
        """One number of (0, 1) in each of `batch` equal parts, which calms the loss."""
        return (torch.arange(self.batch) + torch.rand(self.batch, generator=random)) / self.batch


class EdmUNet(Recipe):
    """EDM's loss and preconditioning around a SongUNet."""

    sigma_data = 0.5
    log_sigma_mean, log_sigma_deviation = -0.8, 1.4
    flip = False

    def make_network(self):
        return SongUNet(**self.arguments)

    def metadata(self):
        return {"precondition": "edm", "sigma_data": self.sigma_data, "sigma_min": 0.002, "sigma_max": 80.0}

    def denoise(self, network, x, sigma, labels):
        """D(x; sigma), sigma one a sample."""
        sd = self.sigma_data
        s = sigma[:, None, None, None]
        norm = (s * s + sd * sd).sqrt()
        return sd * sd / norm**2 * x + s * sd / norm * network(x / norm, sigma.log() / 4, labels)

    def one_hot(self, labels):
        width = self.arguments["label_dim"]
        return torch.nn.functional.one_hot(labels, width).float() if width else None

    def loss(self, network, random):
        clean, labels = self.draw(random)
        if self.flip:
            mirrored = torch.rand(self.batch, generator=random) < 0.5
            clean = torch.where(mirrored[:, None, None, None], clean.flip(3), clean)
        normal = torch.erfinv((2 * self.strata(random) - 1).clamp(-0.99999, 0.99999)) * 2**0.5
        sigma = (self.log_sigma_mean + self.log_sigma_deviation * normal).exp()
        noise = torch.randn(clean.shape, generator=random)
        vectors = self.one_hot(labels)
        if vectors is not None:
            kept = torch.rand(self.batch, 1, generator=random) >= self.arguments["label_dropout"]
            vectors = vectors * kept
        guess = self.denoise(network, clean + sigma[:, None, None, None] * noise, sigma, vectors)
        weight = (sigma**2 + self.sigma_data**2) / (sigma * self.sigma_data) ** 2
        return (weight * (guess - clean).square().mean(dim=(1, 2, 3))).mean()


class DigitsUNet(EdmUNet):
    name, data = "digits_unet", "mnist5k"
    steps = 10000
    guidance = 2.0
    arguments = {
        "img_resolution": 28,
        "in_channels": 1,
        "out_channels": 1,
        "label_dim": 10,
        "model_channels": 16,
        "channel_mult": [1, 2, 2],
        "num_blocks": 1,
        "attn_resolutions": [7],
        "label_dropout": 0.1,
    }


class PatchesUNet(EdmUNet):
    name, data = "patches_unet", "patches"
    steps = 8000
    flip = True
    log_sigma_mean = -1.0
    arguments = {
        "img_resolution": 32,
        "in_channels": 3,
        "out_channels": 3,
        "label_dim": 6,
        "model_channels": 16,
        "channel_mult": [1, 2, 2],
        "num_blocks": 1,
        "attn_resolutions": [8],
        "label_dropout": 0.1,
    }


def alpha_products():
    """Products of 1 - beta over the linear table, in double."""
    return torch.cumprod(1 - torch.linspace(BETA_START, BETA_END, TIMES, dtype=torch.float64), dim=0)


class Epsilon(Recipe):
    """Prediction of the noise at one of 1000 times; errors at high noise, where a digit takes shape, weigh more."""

    deviation, heaviest = 0.6, 5.0  # of the data; largest weight

    def metadata(self):
        table = {"betas": "linear", "beta_start": BETA_START, "beta_end": BETA_END, "train_steps": TIMES}
        return {"precondition": "eps", **table}

    def noised(self, clean, random):
        """Times, noise, the noised batch and each error's weight, 1 + (sigma/deviation)^2 but not over the heaviest."""
        times = (self.strata(random) * TIMES).long().clamp(max=TIMES - 1)
        kept = alpha_products()[times]
        weight = (1 + (1 / kept - 1) / self.deviation**2).clamp(max=self.heaviest).float()
        kept = kept.reshape((-1,) + (1,) * (clean.dim() - 1))
        noise = torch.randn(clean.shape, generator=random)
        return times, noise, kept.sqrt().float() * clean + (1 - kept).sqrt().float() * noise, weight

class DigitsDiT(Epsilon):
    name, data = "digits_dit", "mnist5k"
    batch = 64
    guidance = 2.0
    steps = 14000
    arguments = {
        "input_size": 28,
        "patch_size": 7,
        "in_channels": 1,
        "hidden_size": 96,
        "depth": 5,
        "num_heads": 4,
        "mlp_ratio": 4.0,
        "class_dropout_prob": 0.1,
        "num_classes": 10,
        "learn_sigma": False,
    }

    def make_network(self):
        return DiT(**self.arguments)

    def loss(self, network, random):
        clean, labels = self.draw(random)
        times, noise, x, weight = self.noised(clean, random)
        dropped = torch.rand(self.batch, generator=random) < self.arguments["class_dropout_prob"]
        labels = labels.masked_fill(dropped, self.arguments["num_classes"])
        return (weight * (network(x, times, labels) - noise).square().mean(dim=(1, 2, 3))).mean()


class DigitsMar(Epsilon):
    """MAR's head, a token at a time; only the noise half of its outputs is trained, the other stays zero."""

    name, data = "digits_mar", "mnist5k"
    steps = 20000
    guidance = 2.0
    held_out = 500  # the last pictures of the data, whose tokens are shipped
    each = 12  # pictures for each of the 49 positions
    batch = each * digits.GRID**2
    no_class = 0.1
    arguments = {
        "in_channels": digits.TOKEN**2,
        "model_channels": 128,
        "out_channels": 2 * digits.TOKEN**2,
        "z_channels": digits.Z_CHANNELS,
        "num_res_blocks": 3,
    }

    def make_network(self):
        return SimpleMLPAdaLN(**self.arguments)

    def loss(self, network, random):
        known = self.points[: -self.held_out]
        index = torch.randint(len(known), (digits.GRID**2, self.each), generator=random)
        clean, z = [], []
        for position, chosen in enumerate(index):
            pictures = known[chosen]
            kept = torch.rand(self.each, 1, generator=random) >= self.no_class
            classes = torch.nn.functional.one_hot(self.labels[chosen], 10) * kept
            clean.append(digits.tokens(pictures)[:, position])
            z.append(digits.condition(pictures, position, classes.float()))
        # the strata of the times are ordered, the tokens by position: mix the two
        mixed = torch.randperm(self.batch, generator=random)
        clean, z = torch.cat(clean)[mixed], torch.cat(z)[mixed]
        times, noise, x, weight = self.noised(clean, random)
        return (weight * (network(x, times, z)[:, : digits.TOKEN**2] - noise).square().mean(dim=1)).mean()


class DigitsFeatures(Recipe):
    """A classifier, whose last hidden layer gives features for a Frechet distance."""

    name, data = "digits_features", "mnist5k"
    steps = 2000
    held_out = 1000
    rate, decay = 2e-3, 0.01
    shift = 2  # pixels at most, either way
    arguments = {"img_resolution": 28, "in_channels": 1, "channels": [16, 32], "features": 64, "num_classes": 10}

    def make_network(self):
        return digits.DigitsClassifier(**self.arguments)

    def metadata(self):
        return {"feature_layer": "dense0", "flatten": "row, column, channel"}

    def loss(self, network, random):
        index = torch.randint(len(self.points) - self.held_out, (self.batch,), generator=random)
        wide = torch.nn.functional.pad(self.points[index], [self.shift] * 4, value=-1.0)
        top, left = torch.randint(2 * self.shift + 1, (2,), generator=random).tolist()
        side = self.arguments["img_resolution"]
        pictures = wide[:, :, top : top + side, left : left + side]
        return torch.nn.functional.cross_entropy(network(pictures), self.labels[index])

    def accuracy(self, network):
        """Of the held-out digits, and which of them are wrong."""
        with torch.no_grad():
            guess = network(self.points[-self.held_out :]).argmax(dim=1)
        right = guess == self.labels[-self.held_out :]
        return float(right.float().mean()), torch.nonzero(~right)[:, 0] + len(self.points) - self.held_out


RECIPES = {recipe.name: recipe for recipe in (DigitsUNet, DigitsDiT, PatchesUNet, DigitsMar, DigitsFeatures)}
