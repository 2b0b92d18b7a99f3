# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The metrics once more, in numpy and double: what results are compared with."""

import numpy as np

BOOTSTRAP, DIRECTION = 18, 19  # streams of host/core/streams.h


def philox(counters, key):
    """Philox4x32-10 of counters (n, 4): (n, 4) words."""
    c = [np.asarray(counters)[:, i].astype(np.uint64) for i in range(4)]
    k, low = [int(word) for word in key], np.uint64(0xFFFFFFFF)
    for _ in range(10):
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> np.uint64(32)) ^ c[1] ^ np.uint64(k[0]), b & low, (a >> np.uint64(32)) ^ c[3] ^ np.uint64(k[1]), a & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c, axis=1)


def normals(seed, stream, rows, d):
    """(rows, d) normals rounded to float, as kernels/normal.h makes them."""
    blocks = (d + 3) // 4
    counters = np.array([[block, stream, row, 0] for row in range(rows) for block in range(blocks)])
    words = philox(counters, (seed & 0xFFFFFFFF, seed >> 32)).astype(float)
    u = (words + 0.5) / 2.0**32
    z = np.empty_like(u)
    for i in (0, 2):
        radius = np.sqrt(-2 * np.log(u[:, i]))
        z[:, i], z[:, i + 1] = radius * np.cos(2 * np.pi * u[:, i + 1]), radius * np.sin(2 * np.pi * u[:, i + 1])
    return z.reshape(rows, 4 * blocks)[:, :d].astype(np.float32).astype(float)


# ---- one value a sample


def mse(x, y, **_):
    return ((x - y) ** 2).reshape(len(x), -1).mean(axis=1)


def psnr(x, y, data_range=2.0, **_):
    return 10 * np.log10(data_range**2 / mse(x, y))


def l1(x, y, **_):
    return np.abs(x - y).reshape(len(x), -1).mean(axis=1)


def cosine(x, y, **_):
    x, y = x.reshape(len(x), -1), y.reshape(len(y), -1)
    return (x * y).sum(axis=1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)


def ssim(x, y, data_range=2.0, **_):
    at = np.arange(11) - 5
    window = np.exp(-(at[:, None] ** 2 + at[None] ** 2) / (2 * 1.5**2))
    window /= window.sum()

    def smooth(image):
        patches = np.lib.stride_tricks.sliding_window_view(image, (11, 11), axis=(-2, -1))
        return (patches * window).sum(axis=(-2, -1))

    c1, c2, mx, my = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2, smooth(x), smooth(y)
    vx, vy, cov = smooth((x * x)) - mx**2, smooth(y * y) - my**2, smooth(x * y) - mx * my
    index = (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    return index.reshape(len(x), -1).mean(axis=1)


def trajectory(student, teacher, index, used):
    """student (M+1, E, ...), teacher (N+1, E, ...) both from the start on; index (R, M+1); used (R)."""
    steps, last = len(student) - 1, len(teacher) - 1
    found = []
    for sample in range(student.shape[1]):
        row = sample if len(index) > 1 else 0
        points = [i for i in range(steps - used[row] + 1, steps) if index[row, i] >= 0]
        pairs = [(i, last - index[row, i]) for i in points] + [(steps, last)]
        found.append(np.mean([((student[i, sample] - teacher[k, sample]) ** 2).mean() for i, k in pairs]))
    return np.array(found)


# ---- one value of two sets, with how often each sample stands in them


def frechet(x, y, cx, cy, **_):
    x, y = np.repeat(x, cx, axis=0), np.repeat(y, cy, axis=0)
    a = (x - x.mean(axis=0)) / np.sqrt(len(x) - 1)
    b = (y - y.mean(axis=0)) / np.sqrt(len(y) - 1)
    overlap = np.linalg.svd(a @ b.T, compute_uv=False).sum()
    return ((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum() + (a**2).sum() + (b**2).sum() - 2 * overlap


def mmd(x, y, cx, cy, **_):
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(k, c):
        pairs = np.outer(c, c).astype(float)
        np.fill_diagonal(pairs, 0)
        return (pairs * k).sum() / pairs.sum()

    return within(kernel(x, x), cx) + within(kernel(y, y), cy) - 2 * (np.outer(cx, cy) * kernel(x, y)).sum() / cx.sum() / cy.sum()


def sliced_wasserstein(x, y, cx, cy, projections=128, seed=0):
    directions = normals(seed, DIRECTION, projections, x.shape[1])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    x, y = np.repeat(x, cx, axis=0), np.repeat(y, cy, axis=0)
    common = np.lcm(len(x), len(y))
    x = np.repeat(np.sort(directions @ x.T, axis=1), common // len(x), axis=1)
    y = np.repeat(np.sort(directions @ y.T, axis=1), common // len(y), axis=1)
    return np.sqrt(((x - y) ** 2).mean())


def principal(x, y, components):
    """Both sets on the axes along which y varies most."""
    mean = y.mean(axis=0)
    axes = np.linalg.svd(y - mean, full_matrices=False)[2][:components]
    axes *= np.sign(axes[np.arange(components), np.abs(axes).argmax(axis=1)])[:, None]
    return (x - mean) @ axes.T, (y - mean) @ axes.T


def draw(n, replicate, which):
    for attempt in range(100):
        counters = [[k, BOOTSTRAP, replicate, 0] for k in range((n + 3) // 4)]
        words = philox(counters, (which, attempt)).ravel()[:n]
        counts = np.bincount(((words * np.uint64(n)) >> np.uint64(32)).astype(int), minlength=n)
        if n < 2 or (counts > 0).sum() > 1:
            return counts
    raise AssertionError("no draw of two different samples")


def estimate(value_of, x, y, paired, replicates, confidence=0.95, positive=True, **options):
    """(value, std, low, high) with the bootstrap of docs/DERIVATIONS.md."""
    value = value_of(x, y, np.ones(len(x), int), np.ones(len(y), int), **options)
    values = []
    for replicate in range(replicates):
        cx = draw(len(x), replicate, 0)
        values.append(value_of(x, y, cx, cx if paired else draw(len(y), replicate, 1), **options))
    low, middle, high = np.quantile(values, [(1 - confidence) / 2, 0.5, (1 + confidence) / 2])
    low = value + low - middle
    return value, np.std(values, ddof=1), max(low, 0) if positive else low, value + high - middle
