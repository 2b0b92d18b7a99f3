# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""What a training leaves in models/: the weights, the curve of the loss, a sheet of samples."""

import csv
import os

import h5py
import numpy as np
import torch
from make_datasets import write_sheet
from ossconvert import safetensors
from ossconvert.values import Made

from . import digits, sample
from .check import load
from .loop import generator
from .recipes import DigitsFeatures, DigitsMar, EdmUNet, alpha_products

STEPS = 50
EACH = 10  # samples of a class
SHEET = 1 << 40  # the "step" whose random numbers the sheets use
MAR_TOKENS = 512


def metadata(trainer):
    recipe = trainer.recipe
    classes = [str(name) for name in recipe.data_attributes["class_names"]]
    values = {"format": "pt", "class": type(trainer.average).__name__}
    values.update(trainer.average.arguments)
    values.update(recipe.metadata())
    values.update(
        {
            "data_range": 2.0,
            "classes": classes,
            "origin": f"ossbench scripts/train.py {recipe.name}, {trainer.step} steps, data {recipe.data}.h5",
            "seed": trainer.seed,
            "license": "Apache-2.0; the data: " + recipe.data_attributes["licence"],
        }
    )
    return values


def write_curve(base, trainer):
    with open(base + ".csv", "w", newline="", encoding="ascii") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["step", "loss", "seconds"])
        table.writerows([step, f"{loss:.6g}", f"{seconds:.1f}"] for step, loss, seconds in trainer.rows)
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    steps, losses, _ = zip(*trainer.rows)
    figure, axes = pyplot.subplots(figsize=(5, 3), dpi=100, layout="constrained")
    axes.plot(steps, losses, linewidth=1)
    axes.set(xlabel="step", ylabel="loss, mean of 50 steps", yscale="log", title=trainer.recipe.name)
    axes.grid(alpha=0.3, which="both")
    figure.savefig(base + "_loss.png", metadata={"Software": None})
    pyplot.close(figure)


def draw(recipe, network, each=EACH, steps=STEPS, step=SHEET):
    """`each` samples of every class, ordered by class."""
    random = generator(recipe.seed, step)
    labels = torch.arange(len(recipe.data_attributes["class_names"])).repeat_interleave(each)
    noise = torch.randn(len(labels), *recipe.points.shape[1:], generator=random)
    if isinstance(recipe, DigitsMar):
        return sample.raster(network, labels, alpha_products(), steps, recipe.guidance, random)
    if isinstance(recipe, EdmUNet):
        vectors, limits = recipe.one_hot(labels), recipe.metadata()
        by_class = lambda x, sigma: recipe.denoise(network, x, sigma, vectors)
        without = lambda x, sigma: recipe.denoise(network, x, sigma, torch.zeros_like(vectors))
        denoise = sample.guided(by_class, without, recipe.guidance)
        return sample.euler(denoise, noise, limits["sigma_min"], limits["sigma_max"], steps)
    null = torch.full_like(labels, recipe.arguments["num_classes"])
    by_class = lambda x, t: network(x, t, labels)
    without = lambda x, t: network(x, t, null)
    return sample.ddim(sample.guided(by_class, without, recipe.guidance), noise, alpha_products(), steps)


def write_tokens(path, recipe):
    """z, true pixels, position and class of held-out tokens with some ink among the known pixels next to them."""
    random = generator(recipe.seed, SHEET + 1)
    pictures, labels = recipe.points[-recipe.held_out :], recipe.labels[-recipe.held_out :]
    rows = []
    for position in range(digits.GRID**2):
        z = digits.condition(pictures, position, torch.nn.functional.one_hot(labels, 10).float())
        inked = z[:, : -2 * digits.GRID**2 - 10].amax(dim=1) > 0.5
        for i in torch.nonzero(inked)[:, 0].tolist():
            rows.append((z[i], digits.tokens(pictures[i : i + 1])[0, position], position, int(labels[i])))
    chosen = torch.randperm(len(rows), generator=random)[:MAR_TOKENS].tolist()
    z, pixels, position, label = zip(*(rows[i] for i in chosen))
    packed = {"compression": "gzip", "compression_opts": 9, "shuffle": True, "track_times": False}
    with h5py.File(path + ".tmp", "w", libver="earliest") as out:
        out.attrs["origin"] = f"tokens of the last {recipe.held_out} pictures of {recipe.data}.h5, kept from training"
        out.attrs["licence"] = recipe.data_attributes["licence"]
        out.create_dataset("z", data=torch.stack(z).numpy().astype("<f4"), **packed)
        out.create_dataset("token", data=torch.stack(pixels).numpy().astype("<f4"), **packed)
        out.create_dataset("position", data=np.array(position, dtype="<i4"), **packed)
        out.create_dataset("label", data=np.array(label, dtype="<i4"), **packed)
    os.replace(path + ".tmp", path)


def write(trainer, folder):
    """Every file of one network; returns its samples (n, C, H, W), or None for the classifier."""
    recipe, network = trainer.recipe, trainer.average.eval()
    base = os.path.join(folder, recipe.name)
    weights = {name: Made(value.numpy()) for name, value in network.state_dict().items()}
    safetensors.write(base + ".safetensors", weights, metadata(trainer))
    write_curve(base, trainer)
    if isinstance(recipe, DigitsFeatures):
        accuracy, wrong = recipe.accuracy(network)
        print(f"{recipe.name}: {100 * accuracy:.1f} % of {recipe.held_out} held-out digits are right")
        rows = [recipe.points[part] for part in wrong.split(EACH)]
        write_sheet(base + "_samples.png", [row.numpy() for row in rows], scale=2)
        return None
    samples = draw(recipe, network)
    write_sheet(base + "_samples.png", list(samples.reshape(-1, EACH, *samples.shape[1:]).numpy()), scale=2)
    if isinstance(recipe, DigitsMar):
        write_tokens(base + "_z.h5", recipe)
    return samples


def judge(folder, recipe, samples):
    """How often the classifier sees the digit that was asked for, and the Frechet distance to the data."""
    path = os.path.join(folder, DigitsFeatures.name + ".safetensors")
    if samples is None or recipe.data != DigitsFeatures.data or not os.path.exists(path):
        return
    classifier, _ = load(path)
    labels = torch.arange(10).repeat_interleave(len(samples) // 10)
    with torch.no_grad():
        right = (classifier(samples).argmax(dim=1) == labels).float().mean()
        distance = digits.frechet(classifier.features(samples), classifier.features(recipe.points))
        some = torch.randperm(len(recipe.points), generator=generator(recipe.seed, SHEET + 3))[: len(samples)]
        own = digits.frechet(classifier.features(recipe.points[some]), classifier.features(recipe.points))
    print(
        f"{recipe.name}: the classifier agrees with {100 * right:.1f} % of {len(samples)} samples; Frechet distance "
        f"to the data {distance:.3f}; of as many digits of the data {own:.3f}"
    )
