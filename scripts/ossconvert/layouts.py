# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Finds out which published checkpoint a file or folder is, and its network in it."""

import json
import math
import os

import numpy as np

from . import CheckpointError, networks, pickles, safetensors, torchfile, words
from .networks import Network
from .values import Joined, Made, Tensor

ENTRIES = ("ema", "model_ema", "model", "state_dict")  # the averaged weights first: samples are drawn with them
DEEPEST, MOST_MODULES, LONGEST_NAME, LONGEST_LIST = 16, 20000, 200, 64
WRAPPERS = ("module.", "model.", "_orig_mod.")
CONFIG, WEIGHTS = "config.json", "diffusion_pytorch_model"

# EDM's preconditioners: their own arguments, with official defaults, by the name in the metadata; what else they take goes to the network.
_WRAPPERS = {
    "EDMPrecond": ("edm", "DhariwalUNet", {"sigma_data": ("sigma_data", 0.5), "sigma_max": ("sigma_max", math.inf)}),
    "VPPrecond": ("vp", "SongUNet", {"beta_d": ("beta_d", 19.9), "beta_min": ("beta_min", 0.1), "M": ("train_steps", 1000)}),
    "VEPrecond": ("ve", "SongUNet", {"sigma_max": ("sigma_max", 100)}),
}


def _plain(value):
    return value is None or isinstance(value, (bool, float, str)) or isinstance(value, int) and abs(value) < 2**63


def _argument(module, key, value):
    """An argument as JSON has it: a number, a text, or a list of few of them."""
    if isinstance(value, (list, tuple)) and len(value) <= LONGEST_LIST and all(map(_plain, value)):
        return list(value)
    if not isinstance(key, str) or not _plain(value):
        what = f"{words(key)}: {words(value)}"
        raise CheckpointError(f"{words(module)} was made with {what}, where a number, a text or a list of up to {LONGEST_LIST} is expected")
    return value


def module_tensors(root):
    """What state_dict() of a module would give: parameters, buffers that are kept, then those of the modules inside, in that order."""
    found, waiting, visited = {}, [("", root, 0)], 0
    while waiting:
        prefix, module, depth = waiting.pop()
        visited += 1
        if depth > DEEPEST or visited > MOST_MODULES:  # a module may be inside of itself, or twice in each of many
            raise CheckpointError(f"{prefix[:80]}: modules nested deeper than {DEEPEST}, or more than {MOST_MODULES} of them")
        if not isinstance(module, pickles.Instance) or not isinstance(module.state, dict):
            raise CheckpointError(f"{prefix}: {words(module)}, where a module with its attributes is expected")
        parameters, buffers, inner, left_out = (_entries(prefix, module, key) for key in _PARTS_OF_MODULE)
        found.update(_own_tensors(prefix, parameters))
        found.update(_own_tensors(prefix, {name: value for name, value in buffers.items() if name not in left_out}))
        waiting += [(f"{prefix}{name}.", part, depth + 1) for name, part in reversed(inner.items()) if part is not None]
    return found


_PARTS_OF_MODULE = ("_parameters", "_buffers", "_modules", "_non_persistent_buffers_set")


def _entries(prefix, module, key):
    value = module.state.get(key)
    value = {} if value is None else value
    wanted = (set, frozenset, dict) if key == "_non_persistent_buffers_set" else dict
    if not isinstance(value, wanted) or not all(isinstance(name, str) and len(name) < LONGEST_NAME for name in value):
        raise CheckpointError(f"{prefix}: {words(value)} as the {key} of a module")
    return value


def _own_tensors(prefix, entries):
    for name, value in entries.items():
        if value is not None and not isinstance(value, Tensor):
            raise CheckpointError(f"{prefix}{name} is {words(value)}, where a tensor is expected")
    return {prefix + name: value for name, value in entries.items() if value is not None}


def _initial(module):
    """The keyword arguments that a persistent object was made with."""
    state = module.state if isinstance(module.state, dict) else {}
    made, positional = state.get("_init_kwargs"), state.get("_init_args")
    if not isinstance(made, dict) or positional:
        raise CheckpointError(f"{words(module)} does not say by keyword what it was made with")
    return made


def edm(root):
    """A network of EDM, alone or inside its preconditioner."""
    facts, inner = {}, root
    if root.name in _WRAPPERS:
        precondition, _, own = _WRAPPERS[root.name]
        given = _initial(root)
        facts["precondition"] = precondition
        for key, (name, fallback) in own.items():
            value = _argument(root, key, given.get(key, fallback))
            if value != math.inf:  # a preconditioner that takes any noise; JSON has no word for it
                facts[name] = value
        inner = _entries("", root, "_modules").get("model")
    if not isinstance(inner, pickles.Instance) or inner.name not in ("SongUNet", "DhariwalUNet"):
        raise CheckpointError(
            f"{words(root)} around {words(inner)}; known: SongUNet and DhariwalUNet, alone or in {', '.join(_WRAPPERS)}"
            if inner is not root
            else f"{words(root)}; known: {', '.join(_WRAPPERS)}, SongUNet, DhariwalUNet"
        )
    return Network(inner.name, {key: _argument(inner, key, value) for key, value in _initial(inner).items()}, facts, module_tensors(inner))


def _state(value):
    """Tensors by name, where that is what the value is; else None."""
    if not isinstance(value, dict) or not value:
        return None
    if not all(isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in value.items()):
        return None
    return value


def _without_wrappers(tensors):
    """Without the prefixes that DataParallel, torch.compile or a module around the network put before every name."""
    for _ in WRAPPERS:
        for prefix in WRAPPERS:
            if all(name.startswith(prefix) for name in tensors):
                tensors = {name[len(prefix) :]: tensor for name, tensor in tensors.items()}
    return tensors


def official(tensors, known=(), notes=()):
    """A state_dict with official names, with or without the prefix that a wrapper gives them."""
    notes, tensors = list(notes), _without_wrappers(tensors)
    if "x_embedder.proj.weight" in tensors:
        return Network("DiT", networks.dit_arguments(tensors, known), networks.TRAINED["DiT"], tensors, notes)
    head = {name.removeprefix("diffloss.net."): tensor for name, tensor in tensors.items() if name.startswith("diffloss.net.")}
    if head:
        notes.append(f"left out: {len(tensors) - len(head)} tensors that are not of the diffusion head (diffloss.net.)")
    elif "cond_embed.weight" in tensors and "input_proj.weight" in tensors:
        head = tensors
    if head:
        return Network("SimpleMLPAdaLN", networks.mlp_arguments(head), networks.TRAINED["SimpleMLPAdaLN"], head, notes)
    if "map_layer0.weight" in tensors:
        kind = "DhariwalUNet" if "out_conv.weight" in tensors else "SongUNet"
        # Shapes do not tell them all: every argument must be given.
        return Network(kind, {**dict.fromkeys(networks.ARGUMENTS[kind]), **dict(known)}, {"precondition": None}, tensors, notes)
    raise CheckpointError(f"{len(tensors)} tensors of no network that is known ({', '.join(list(tensors)[:4])}, ...)")


def _settings(value):
    """What DiT's own training script keeps of its command line."""
    settings = value.get("args")
    state = settings.state if isinstance(settings, pickles.Instance) else None
    return {"num_classes": state["num_classes"]} if isinstance(state, dict) and isinstance(state.get("num_classes"), int) else {}


def from_value(value, entry):
    """The network in what a PyTorch file holds."""
    if isinstance(value, pickles.Instance):
        return edm(value)
    tensors = _state(value)
    if tensors and not entry:
        return official(tensors)
    if not isinstance(value, dict):
        raise CheckpointError(f"it holds {words(value)}, where a network or a dict of tensors is expected")
    chosen = next((name for name in ([entry] if entry else ENTRIES) if value.get(name) is not None), None)
    if chosen is None:
        wanted = entry or ", ".join(ENTRIES) + "; --entry names another"
        raise CheckpointError(f"it holds {words(value)}, with no entry {wanted}")
    notes = [f"entry '{chosen}' of {', '.join(str(key)[:40] for key in value)}"]
    if isinstance(value[chosen], pickles.Instance):
        network = edm(value[chosen])
        network.notes += notes
        return network
    tensors = _state(value[chosen])
    if tensors is None:
        raise CheckpointError(f"entry '{chosen}' is {words(value[chosen])}, where tensors are expected")
    return official(tensors, _settings(value), notes)


# Official names of a DiT from those of diffusers. The embedders of time and class are repeated in each block there.
_EMBEDDERS = {
    "norm1.emb.timestep_embedder.linear_1": "t_embedder.mlp.0",
    "norm1.emb.timestep_embedder.linear_2": "t_embedder.mlp.2",
    "norm1.emb.class_embedder.embedding_table": "y_embedder.embedding_table",
}
_PARTS = {
    "attn1.to_out.0": "attn.proj",
    "ff.net.0.proj": "mlp.fc1",
    "ff.net.2": "mlp.fc2",
    "norm1.linear": "adaLN_modulation.1",
}
_OUTER = {"pos_embed.proj": "x_embedder.proj", "proj_out_2": "final_layer.linear", "proj_out_1": "final_layer.adaLN_modulation.1"}


def _diffusers_names(tensors):
    made, queries, left = {}, {}, {}
    for name, tensor in tensors.items():
        place, _, what = name.rpartition(".")
        _, _, rest = place.partition("transformer_blocks.")
        block, _, part = rest.partition(".")
        if part in ("attn1.to_q", "attn1.to_k", "attn1.to_v"):
            queries.setdefault((block, what), {})[part[-1]] = tensor
        elif part in _EMBEDDERS:
            official_name = f"{_EMBEDDERS[part]}.{what}"
            kept = made.setdefault(official_name, tensor)
            if kept is not tensor and not np.array_equal(kept.array(), tensor.array()):
                raise CheckpointError(f"tensor '{name}' differs from that of another block: no DiT, which has one for all")
        elif part in _PARTS:
            made[f"blocks.{block}.{_PARTS[part]}.{what}"] = tensor
        elif place in _OUTER:
            made[f"{_OUTER[place]}.{what}"] = tensor
        else:
            left[name] = tensor
    for (block, what), parts in queries.items():
        if sorted(parts) != ["k", "q", "v"]:
            raise CheckpointError(f"transformer_blocks.{block}.attn1 has {', '.join(sorted(parts))} of to_q, to_k, to_v ({what})")
        made[f"blocks.{block}.attn.qkv.{what}"] = Joined([parts["q"], parts["k"], parts["v"]])
    table = left.pop("pos_embed.pos_embed", None)
    if left:
        raise CheckpointError(f"tensor '{next(iter(left))}' is none of a DiT of diffusers")
    return made, table


def diffusers(folder):
    """DiT's transformer as diffusers keeps it: a pipeline's folder or that of its transformer."""
    inner = os.path.join(folder, "transformer")
    folder = inner if os.path.isdir(inner) else folder
    config_path = os.path.join(folder, CONFIG)
    try:
        with open(config_path, encoding="utf-8") as file:
            config = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{config_path}: {error}") from error
    kind = config.get("_class_name") if isinstance(config, dict) else None
    if kind not in ("Transformer2DModel", "DiTTransformer2DModel"):
        raise CheckpointError(f"{config_path}: class {words(kind)}, where DiT's Transformer2DModel is expected")
    paths = [os.path.join(folder, WEIGHTS + ending) for ending in (".safetensors", ".bin")]
    path = next((path for path in paths if os.path.exists(path)), None)
    if path is None:
        raise CheckpointError(f"{folder}: neither {WEIGHTS}.safetensors nor {WEIGHTS}.bin is there (files in several parts are not read)")
    found = safetensors.read(path)[0] if path.endswith(".safetensors") else _state(torchfile.read(path))
    if not found:
        raise CheckpointError(f"{path}: no tensors by name")
    heads, side, patch = (config.get(key) for key in ("num_attention_heads", "sample_size", "patch_size"))
    if not all(isinstance(value, int) and 0 < value < 10**5 for value in (heads, side, patch)) or side % patch:
        raise CheckpointError(f"{config_path}: num_attention_heads, sample_size and patch_size must be whole numbers that fit each other")
    tensors, table = _diffusers_names(found)
    width = tensors["x_embedder.proj.weight"].shape[0] if "x_embedder.proj.weight" in tensors else 0
    if width % 4:
        raise CheckpointError(f"{path}: a width of {width}, which is no multiple of 4")
    notes = []
    if table is None:
        if (side // patch) ** 2 * width > 10**8:
            raise CheckpointError(f"{config_path}: sample_size {side} is more than a DiT's")
        table = Made(networks.sincos(width, side // patch))
        notes.append("pos_embed: computed, diffusers does not keep it")
    tensors["pos_embed"] = table
    return official(tensors, {"num_heads": heads}, notes)


def read(path, entry=None):
    """The network of a checkpoint. entry: which one of a file that holds several."""
    if os.path.isdir(path):
        return diffusers(path)
    if path.endswith(".safetensors"):
        tensors, metadata = safetensors.read(path)
        if "class" in metadata:
            raise CheckpointError("it says its class already: ossbench reads it as it is")
        return official(tensors)
    return from_value(torchfile.read(path), entry)
