# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The classifier of digits, and what MAR's head sees of a digit.

A digit of 28x28 is 49 tokens of 4x4 pixels in raster order; those before a token are known. The vector z
of a token (Z_CHANNELS wide) is, in this order:
  160  ink of the 8 rows above the token, from 8 columns left of it to 8 right of it, row by row
   32  ink of the token's 4 rows, the 8 columns left of it, row by row
   49  mean ink of each known token, 0 for the others
   49  position: LOUD at its place, 0 elsewhere
   10  class: LOUD at its place, 0 elsewhere; all 0: no class
Ink is (pixel + 1)/2, none outside the picture.
"""

import torch
from torch import nn
from torch.nn import functional as F

SIDE, TOKEN, GRID = 28, 4, 7
ABOVE, AROUND = 8, 8
LOUD = 4.0  # so that position and class are heard beside many pixels
Z_CHANNELS = ABOVE * (TOKEN + 2 * AROUND) + TOKEN * AROUND + 2 * GRID**2 + 10


def tokens(pictures):
    """(n, 1, 28, 28) to (n, 49, 16), pixels of a token row by row."""
    split = pictures.reshape(-1, GRID, TOKEN, GRID, TOKEN)
    return split.permute(0, 1, 3, 2, 4).reshape(-1, GRID**2, TOKEN**2)


def pictures_of(values):
    """The inverse of `tokens`."""
    split = values.reshape(-1, GRID, GRID, TOKEN, TOKEN)
    return split.permute(0, 1, 3, 2, 4).reshape(-1, 1, SIDE, SIDE)


def condition(pictures, position, classes):
    """z of token number `position` (one for all) of each picture; `classes` one-hot or zeros (n, 10)."""
    n, row, column = len(pictures), position // GRID, position % GRID
    ink = (pictures + 1) / 2
    padded = F.pad(ink[:, 0], (AROUND, AROUND, ABOVE, 0))
    top, left = row * TOKEN, column * TOKEN
    above = padded[:, top : top + ABOVE, left : left + TOKEN + 2 * AROUND]
    beside = padded[:, top + ABOVE : top + ABOVE + TOKEN, left : left + AROUND]
    means = tokens(ink).mean(dim=2)
    means[:, position:] = 0
    where = F.one_hot(torch.full((n,), position), GRID**2).float()
    return torch.cat([above.flatten(1), beside.flatten(1), means, LOUD * where, LOUD * classes], dim=1)


class DigitsClassifier(nn.Module):
    """Two 3x3 convolutions, each with SiLU and a 2x2 mean, then `features` values with SiLU, then the classes.

    The dense layer reads the pixels channels-last: row, column, channel.
    """

    def __init__(self, img_resolution=28, in_channels=1, channels=(16, 32), features=64, num_classes=10):
        super().__init__()
        self.arguments = {
            "img_resolution": img_resolution,
            "in_channels": in_channels,
            "channels": list(channels),
            "features": features,
            "num_classes": num_classes,
        }
        first, second = channels
        self.conv0 = nn.Conv2d(in_channels, first, 3, padding=1)
        self.conv1 = nn.Conv2d(first, second, 3, padding=1)
        self.dense0 = nn.Linear((img_resolution // 4) ** 2 * second, features)
        self.dense1 = nn.Linear(features, num_classes)

    def features(self, x):
        for conv in (self.conv0, self.conv1):
            x = F.avg_pool2d(F.silu(conv(x)), 2)
        return F.silu(self.dense0(x.permute(0, 2, 3, 1).flatten(1)))

    def forward(self, x):
        return self.dense1(self.features(x))


def frechet(a, b):
    """Frechet distance of the normal distributions fitted to two sets of features (n, d)."""
    a, b = a.double(), b.double()
    means = (a.mean(0) - b.mean(0)).square().sum()
    spread_a, spread_b = torch.cov(a.T), torch.cov(b.T)
    values, vectors = torch.linalg.eigh(spread_a)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ spread_b @ root).clamp(min=0).sqrt().sum()
    return float(means + spread_a.trace() + spread_b.trace() - 2 * cross)
