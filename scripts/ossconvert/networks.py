# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The networks that are written: their constructor's arguments, the official names of their tensors, and what can be told from shapes."""

import math

import numpy as np

from . import CheckpointError, words
from .values import whole

ORIGINS = {
    "SongUNet": "NVlabs/edm training/networks.py",
    "DhariwalUNet": "NVlabs/edm training/networks.py",
    "DiT": "facebookresearch/DiT models.py",
    "SimpleMLPAdaLN": "LTH14/mar models/diffloss.py",
}
# Constructor arguments in their official order; None: there is no default.
_UNET = {
    "img_resolution": None,
    "in_channels": None,
    "out_channels": None,
    "label_dim": 0,
    "augment_dim": 0,
    "model_channels": 128,
    "channel_mult": [1, 2, 2, 2],
    "channel_mult_emb": 4,
    "num_blocks": 4,
    "attn_resolutions": [16],
    "dropout": 0.1,
    "label_dropout": 0,
}
ARGUMENTS = {
    "SongUNet": {
        **_UNET,
        "embedding_type": "positional",
        "channel_mult_noise": 1,
        "encoder_type": "standard",
        "decoder_type": "standard",
        "resample_filter": [1, 1],
    },
    "DhariwalUNet": {
        **_UNET,
        "model_channels": 192,
        "channel_mult": [1, 2, 3, 4],
        "num_blocks": 3,
        "attn_resolutions": [32, 16, 8],
    },
    "DiT": dict.fromkeys(
        "input_size patch_size in_channels hidden_size depth num_heads mlp_ratio class_dropout_prob num_classes learn_sigma".split()
    ),
    "SimpleMLPAdaLN": dict.fromkeys("in_channels model_channels out_channels z_channels num_res_blocks".split()),
}
# What else the metadata may say (docs/WEIGHTS.md).
FACTS = ("precondition", "sigma_data", "sigma_min", "sigma_max", "beta_d", "beta_min", "train_steps", "betas", "beta_start", "beta_end")
FACTS += ("time_scale", "data_range", "license", "classes")
# How the official code of these was trained.
TRAINED = {
    "DiT": {"precondition": "eps", "betas": "linear", "beta_start": 0.0001, "beta_end": 0.02, "train_steps": 1000},
    "SimpleMLPAdaLN": {"precondition": "eps", "betas": "cosine", "train_steps": 1000},
}
FREQUENCIES = 256  # width of the embedding of the time, in DiT and MAR
HEADS = {1152: 16, 1024: 16, 768: 12, 384: 6}  # hidden_size of the published DiTs
LARGEST, MOST_BLOCKS = 10**6, 4096


class Network:
    """What a checkpoint holds: class, arguments (None where unknown), facts, tensors by name, and what was left out, in words."""

    def __init__(self, kind, arguments, facts, tensors, notes=()):
        self.kind, self.facts, self.tensors, self.notes = kind, dict(facts), dict(tensors), list(notes)
        unknown = set(arguments) - set(ARGUMENTS[kind])
        if unknown:
            raise CheckpointError(f"{kind} has no argument {', '.join(sorted(unknown))}")
        self.arguments = {**ARGUMENTS[kind], **arguments}

    def set(self, key, value):
        if key in self.arguments:
            self.arguments[key] = value
        elif key in FACTS:
            self.facts[key] = value
        else:
            raise CheckpointError(f"--set {key}: {self.kind} takes {', '.join([*self.arguments, *FACTS])}")

    def finish(self):
        """Holds the tensors against the arguments and puts them into the official order."""
        missing = [key for key, value in {**self.arguments, **self.facts}.items() if value is None]
        if missing:
            raise CheckpointError(f"{self.kind}: {', '.join(missing)} cannot be told from the file: give --set {missing[0]}=VALUE")
        if self.kind in _SHAPES:
            check_arguments(self.kind, self.arguments)
            wanted = _SHAPES[self.kind](self.arguments)
            check_names(self.kind, wanted, self.tensors)
            self.tensors = {name: self.tensors[name] for name in wanted}
        if not self.tensors:
            raise CheckpointError(f"{self.kind}: no tensors")

    def metadata(self):
        return {"format": "pt", "class": self.kind, "origin": ORIGINS[self.kind], **self.arguments, **self.facts}


def check_arguments(what, arguments):
    """Sizes that shapes can be computed of; ossbench says what else it asks of them."""
    for key, value in arguments.items():
        if key == "learn_sigma":
            good, expected = isinstance(value, bool), "true or false"
        elif key in ("mlp_ratio", "class_dropout_prob"):
            good, expected = type(value) in (int, float) and 0 <= value <= 1000, "a number from 0 to 1000"
        else:
            least, most = (0, MOST_BLOCKS) if key in ("depth", "num_res_blocks") else (1, LARGEST)
            good, expected = whole(value) and least <= value <= most, f"a whole number from {least} to {most}"
        if not good:
            raise CheckpointError(f"{what}: {key} is {words(value)}, where {expected} is expected")


def check_names(what, wanted, found):
    for name, shape in wanted.items():
        if name not in found:
            raise CheckpointError(f"{what}: tensor '{name}' {list(shape)} is missing")
        if tuple(found[name].shape) != tuple(shape):
            raise CheckpointError(f"{what}: tensor '{name}' is {list(found[name].shape)}, its arguments ask for {list(shape)}")
    extra = [name for name in found if name not in wanted]
    if extra:
        raise CheckpointError(f"{what}: tensor '{extra[0]}' has no place in it{f', nor have {len(extra) - 1} more' if extra[1:] else ''}")


def _layer(name, rows, columns):
    return {f"{name}.weight": (rows, columns), f"{name}.bias": (rows,)}


def _dit_shapes(a):
    width, patch = a["hidden_size"], a["patch_size"]
    inner, out = int(width * a["mlp_ratio"]), a["in_channels"] * (2 if a["learn_sigma"] else 1)
    shapes = {"pos_embed": (1, (a["input_size"] // patch) ** 2, width)}
    shapes.update({"x_embedder.proj.weight": (width, a["in_channels"], patch, patch), "x_embedder.proj.bias": (width,)})
    shapes.update({**_layer("t_embedder.mlp.0", width, FREQUENCIES), **_layer("t_embedder.mlp.2", width, width)})
    shapes["y_embedder.embedding_table.weight"] = (a["num_classes"] + (a["class_dropout_prob"] > 0), width)
    for i in range(a["depth"]):
        block = f"blocks.{i}"
        shapes.update({**_layer(f"{block}.attn.qkv", 3 * width, width), **_layer(f"{block}.attn.proj", width, width)})
        shapes.update({**_layer(f"{block}.mlp.fc1", inner, width), **_layer(f"{block}.mlp.fc2", width, inner)})
        shapes.update(_layer(f"{block}.adaLN_modulation.1", 6 * width, width))
    shapes.update(_layer("final_layer.linear", patch * patch * out, width))
    shapes.update(_layer("final_layer.adaLN_modulation.1", 2 * width, width))
    return shapes


def _mlp_shapes(a):
    width = a["model_channels"]
    shapes = {**_layer("time_embed.mlp.0", width, FREQUENCIES), **_layer("time_embed.mlp.2", width, width)}
    shapes.update({**_layer("cond_embed", width, a["z_channels"]), **_layer("input_proj", width, a["in_channels"])})
    for i in range(a["num_res_blocks"]):
        block = f"res_blocks.{i}"
        shapes.update({f"{block}.in_ln.weight": (width,), f"{block}.in_ln.bias": (width,)})
        shapes.update({**_layer(f"{block}.mlp.0", width, width), **_layer(f"{block}.mlp.2", width, width)})
        shapes.update(_layer(f"{block}.adaLN_modulation.1", 3 * width, width))
    shapes.update(_layer("final_layer.linear", a["out_channels"], width))
    shapes.update(_layer("final_layer.adaLN_modulation.1", 2 * width, width))
    return shapes


_SHAPES = {"DiT": _dit_shapes, "SimpleMLPAdaLN": _mlp_shapes}


def _shape(tensors, name, rank):
    if name not in tensors:
        raise CheckpointError(f"tensor '{name}' is missing")
    shape = tensors[name].shape
    if len(shape) != rank or 0 in shape:
        raise CheckpointError(f"tensor '{name}' is {list(shape)}, {rank} dimensions are expected")
    return shape


def _count(tensors, prefix):
    """How many blocks there are: one more than the highest number after the prefix."""
    numbers = [name[len(prefix) :].split(".", 1)[0] for name in tensors if name.startswith(prefix)]
    return 1 + max((int(number) for number in numbers if number.isdecimal() and len(number) < 6), default=-1)


def dit_arguments(tensors, known=()):
    """DiT's arguments from shapes; num_heads leaves no trace in them, the published sizes tell it."""
    width, channels, patch, _ = _shape(tensors, "x_embedder.proj.weight", 4)
    rows = _shape(tensors, "y_embedder.embedding_table.weight", 2)[0]
    out = _shape(tensors, "final_layer.linear.weight", 2)[0]
    side = math.isqrt(_shape(tensors, "pos_embed", 3)[1])
    return {
        "input_size": side * patch,
        "patch_size": patch,
        "in_channels": channels,
        "hidden_size": width,
        "depth": _count(tensors, "blocks."),
        "num_heads": HEADS.get(width),
        "mlp_ratio": _shape(tensors, "blocks.0.mlp.fc1.weight", 2)[0] / width,
        "class_dropout_prob": 0.1,  # official: a table with a row for no class
        "num_classes": rows - 1,
        "learn_sigma": out == 2 * channels * patch * patch,
        **dict(known),
    }


def mlp_arguments(tensors):
    width, channels = _shape(tensors, "input_proj.weight", 2)
    return {
        "in_channels": channels,
        "model_channels": width,
        "out_channels": _shape(tensors, "final_layer.linear.weight", 2)[0],
        "z_channels": _shape(tensors, "cond_embed.weight", 2)[1],
        "num_res_blocks": _count(tensors, "res_blocks."),
    }


def sincos(width, side):
    """DiT's table of places, [1, side * side, width]: sine and cosine of the column, then of the row."""
    rates = 1.0 / 10000 ** (np.arange(width // 4) / (width / 4.0))
    angles = np.arange(side, dtype=np.float64)[:, None] * rates
    axis = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    columns, rows = np.tile(axis, (side, 1)), np.repeat(axis, side, axis=0)
    return np.concatenate([columns, rows], axis=1)[None].astype(np.float32)
