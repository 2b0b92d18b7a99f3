# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Compare the networks with outputs of the official implementations (goldens)."""

import json
import os

import h5py
import numpy as np
import torch
from ossconvert import safetensors

from .digits import DigitsClassifier
from .dit import DiT, SimpleMLPAdaLN
from .unet import SongUNet

CLASSES = {kind.__name__: kind for kind in (SongUNet, DiT, SimpleMLPAdaLN, DigitsClassifier)}
CASES = ("songunet_ddpmpp", "songunet_cond", "dit", "dit_b", "mar_mlp")
TOLERANCE = 1e-5  # of the largest output


def load(path):
    """The network that a safetensors file describes, with its weights; names must agree exactly."""
    values, metadata = safetensors.read(path)
    kind = CLASSES[metadata["class"]]
    accepted = kind.__init__.__code__.co_varnames[1 : kind.__init__.__code__.co_argcount]
    arguments = {}
    for key, text in metadata.items():
        if key in accepted:
            try:
                arguments[key] = json.loads(text)
            except ValueError:
                arguments[key] = text
    network = kind(**arguments)
    network.load_state_dict({name: torch.tensor(value.array()) for name, value in values.items()})
    if list(network.state_dict()) != list(values):
        raise ValueError(f"{path}: the order of the tensors is not the official one")
    return network.eval(), metadata


def largest_difference(network, file):
    """Largest difference to each stored output, relative to the largest of it."""
    given = {name: torch.tensor(np.array(value)) for name, value in file["inputs"].items()}
    if isinstance(network, SongUNet):
        calls = {"raw": ("x_raw", "noise_labels", "class_labels")}
    else:
        last = "y" if isinstance(network, DiT) else "c"
        calls = {"forward": ("x", "t", last), "forward_tfrac": ("x", "t_frac", last)}
    worst = 0.0
    for output, names in calls.items():
        want = np.array(file["outputs"][output])
        with torch.no_grad():
            got = network(*(given[name] for name in names if name in given)).numpy()
        worst = max(worst, float(np.abs(got - want).max() / np.abs(want).max()))
    return worst


def check(folder):
    """True if every golden of a network that is trained here is met; prints a line each."""
    good = True
    for case in CASES:
        network, _ = load(os.path.join(folder, case + ".safetensors"))
        with h5py.File(os.path.join(folder, case + ".h5"), "r") as file:
            difference = largest_difference(network, file)
        fine = difference < TOLERANCE
        print(f"{case}: largest difference {difference:.2e} of the largest output, {'ok' if fine else 'TOO LARGE'}")
        good = good and fine
    return good
