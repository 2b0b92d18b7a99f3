# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Samples for the sheets of models/: Euler steps in sigma for the U-Nets, DDIM for noise predictors."""

import torch

from .digits import GRID, TOKEN, condition, pictures_of

RHO = 7


@torch.no_grad()
def euler(denoise, noise, sigma_min, sigma_max, steps):
    """EDM's steps (rho 7) from sigma_max to 0 by Euler's rule; denoise(x, sigma) gives D."""
    ramp = torch.linspace(0, 1, steps, dtype=torch.float64)
    ends = sigma_max ** (1 / RHO), sigma_min ** (1 / RHO)
    sigmas = torch.cat([(ends[0] + ramp * (ends[1] - ends[0])) ** RHO, torch.zeros(1, dtype=torch.float64)]).float()
    x = noise * sigmas[0]
    for now, then in zip(sigmas[:-1], sigmas[1:]):
        clean = denoise(x, now.expand(len(x)))
        x = clean + then / now * (x - clean)
    return x


@torch.no_grad()
def ddim(predict, noise, products, steps):
    """DDIM without noise at evenly spaced times; predict(x, times) gives the noise."""
    times = torch.linspace(0, len(products) - 1, steps).round().long().flip(0)
    x = noise
    for i, now in enumerate(times):
        kept = products[now]
        then = products[times[i + 1]] if i + 1 < steps else torch.ones((), dtype=torch.float64)
        guess = predict(x, now.expand(len(x)))
        clean = (x - (1 - kept).sqrt().float() * guess) / kept.sqrt().float()
        x = then.sqrt().float() * clean + (1 - then).sqrt().float() * guess
    return x


def guided(by_class, without, scale):
    """Classifier-free guidance of two functions of (x, time)."""
    if scale == 1:
        return by_class

    def both(x, time):
        plain = without(x, time)
        return plain + scale * (by_class(x, time) - plain)

    return both


@torch.no_grad()
def raster(network, labels, products, steps, random):
    """Whole digits by MAR's head, token after token in raster order."""
    n = len(labels)
    classes = torch.nn.functional.one_hot(labels, 10).float()
    values = torch.full((n, GRID**2, TOKEN**2), -1.0)
    for position in range(GRID**2):
        z = condition(pictures_of(values), position, classes)
        noise = torch.randn(n, TOKEN**2, generator=random)
        new = ddim(lambda x, t: network(x, t, z)[:, : TOKEN**2], noise, products, steps)
        values[:, position] = new.clamp(-1, 1)
    return pictures_of(values)
