# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Small checkpoints in every layout that is published, written without PyTorch: a pickle can name any class without importing it."""

import io
import json
import os
import pickle
import struct
import zipfile

import numpy as np

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
STORAGES = {"f4": "Float", "f8": "Double", "f2": "Half", "i8": "Long", "i4": "Int", "u1": "Byte"}


class Ref:
    """A class or function by name."""

    def __init__(self, name):
        self.name = name


class Call:
    """What a function, by name, returns for these arguments."""

    def __init__(self, name, *arguments):
        self.name, self.arguments = name, arguments


class Object:
    """An object of a class, by name, with attributes."""

    def __init__(self, name, state, *arguments):
        self.name, self.state, self.arguments = name, state, arguments


class Raw:
    """Opcodes as they are."""

    def __init__(self, code):
        self.code = code


class Brain:
    """An array that is written as bfloat16: the upper halves of its values."""

    def __init__(self, array):
        self.bits = (np.ascontiguousarray(array, np.float32).view(np.uint32) >> 16).astype(np.uint16)


class Persistent(Call):
    """An object of a class of EDM's torch_utils.persistence. source: the text of its module."""

    def __init__(self, kind, state, source="raise SystemExit('the source was run')"):
        meta = {"type": "class", "version": 6, "module_src": source, "class_name": kind, "state": state}
        super().__init__("torch_utils.persistence._reconstruct_persistent_obj", meta)


class Stored:
    """A storage, to be written as a persistent id."""

    def __init__(self, key, kind, values):
        self.key, self.kind, self.values = key, kind, values


class Pickler(pickle._Pickler):
    """Python's own in Python, since that one asks no class whether it exists."""

    def save(self, value, save_persistent_id=True):
        if isinstance(value, Raw):
            self.write(value.code)
        elif isinstance(value, Ref):
            module, _, name = value.name.rpartition(".")
            self.write(b"c" + module.encode() + b"\n" + name.encode() + b"\n")
        elif isinstance(value, Call):
            self.save(Ref(value.name))
            self.save(value.arguments)
            self.write(pickle.REDUCE)
        elif isinstance(value, Object):
            self.save(Ref(value.name))
            self.save(value.arguments)
            self.write(pickle.NEWOBJ)
            self.save(value.state)
            self.write(pickle.BUILD)
        else:
            super().save(value, save_persistent_id)

    def persistent_id(self, value):
        if isinstance(value, Stored):
            return ("storage", Ref(f"torch.{value.kind}Storage"), value.key, "cpu", len(value.values))
        return None


def dumps(value, protocol=2):
    out = io.BytesIO()
    Pickler(out, protocol).dump(value)
    return out.getvalue()


def with_tensors(value, store):
    """Every array in it replaced by a tensor over what store makes of its values."""
    if isinstance(value, dict):
        return {key: with_tensors(item, store) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(with_tensors(item, store) for item in value)
    if isinstance(value, Call):
        value.arguments = with_tensors(value.arguments, store)
        return value
    if isinstance(value, Object):
        value.state = with_tensors(value.state, store)
        return value
    if isinstance(value, Brain):
        return _tensor(store("BFloat16", value.bits.ravel()), value.bits)
    if isinstance(value, np.ndarray):
        return _tensor(store(STORAGES[value.dtype.str[1:]], value.ravel()), value)
    return value


def _tensor(storage, array):
    strides = tuple(stride // array.itemsize for stride in np.empty(array.shape, array.dtype).strides)
    return Call("torch._utils._rebuild_tensor_v2", storage, 0, array.shape, strides, False, Call("collections.OrderedDict"))


def save_zip(path, value, root="archive", compression=zipfile.ZIP_STORED, extra=()):
    """As torch.save does since 1.6."""
    stored = []

    def store(kind, values):
        stored.append(Stored(str(len(stored)), kind, values))
        return stored[-1]

    value = with_tensors(value, store)
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr(f"{root}/data.pkl", dumps(value))
        for item in stored:
            archive.writestr(f"{root}/data/{item.key}", item.values.tobytes())
        for name, data in (("version", b"3\n"), *extra):
            archive.writestr(f"{root}/{name}", data)


def old_stream(value):
    """As torch.save did before 1.6."""
    stored = []

    def store(kind, values):
        stored.append(Stored(str(94000 + len(stored)), kind, values))
        return stored[-1]

    if isinstance(value, Stored):
        stored.append(value)
    value = with_tensors(value, store)
    system = {"protocol_version": PROTOCOL, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    parts = [dumps(item) for item in (MAGIC, PROTOCOL, system, value, [item.key for item in stored])]
    parts += [struct.pack("<Q", len(item.values)) + item.values.tobytes() for item in stored]
    return b"".join(parts)


def save_old(path, value):
    with open(path, "wb") as out:
        out.write(old_stream(value))


def plain_pickle(value, protocol=4):
    """A plain pickle, as EDM writes it: storages are bytes of the old format."""

    def store(kind, values):
        return Call("torch.storage._load_from_bytes", old_stream(Stored("1", kind, values)))

    return dumps(with_tensors(value, store), protocol)


def save_plain(path, value, protocol=4):
    with open(path, "wb") as out:
        out.write(plain_pickle(value, protocol))


def save_safetensors(path, tensors):
    header, blocks = {}, []
    for name, array in tensors.items():
        begin = sum(map(len, blocks))
        blocks.append(array.astype("<f4").tobytes())
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [begin, begin + len(blocks[-1])]}
    text = json.dumps(header).encode()
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


# ---- networks: official names and shapes, random values


def _fill(shapes, seed):
    rng = np.random.default_rng(seed)
    return {name: rng.standard_normal(shape, dtype=np.float32) for name, shape in shapes.items()}


def _layers(*layers):
    return {f"{name}.{what}": shape for name, rows, columns in layers for what, shape in (("weight", (rows, columns)), ("bias", (rows,)))}


def dit(width=8, depth=2, channels=4, patch=2, side=4, classes=3, out=8, seed=1):
    """A DiT's state_dict; side: of the latent, in pixels."""
    shapes = {"pos_embed": (1, (side // patch) ** 2, width)}
    shapes.update({"x_embedder.proj.weight": (width, channels, patch, patch), "x_embedder.proj.bias": (width,)})
    shapes.update(_layers(("t_embedder.mlp.0", width, 256), ("t_embedder.mlp.2", width, width)))
    shapes["y_embedder.embedding_table.weight"] = (classes + 1, width)
    for i in range(depth):
        parts = [("attn.qkv", 3 * width, width), ("attn.proj", width, width), ("mlp.fc1", 4 * width, width), ("mlp.fc2", width, 4 * width)]
        parts.append(("adaLN_modulation.1", 6 * width, width))
        shapes.update(_layers(*((f"blocks.{i}.{name}", rows, columns) for name, rows, columns in parts)))
    shapes.update(_layers(("final_layer.linear", patch * patch * out, width), ("final_layer.adaLN_modulation.1", 2 * width, width)))
    return _fill(shapes, seed)


def mar_head(width=8, channels=3, condition=5, blocks=2, seed=2):
    """The state_dict of MAR's diffusion head."""
    shapes = _layers(("time_embed.mlp.0", width, 256), ("time_embed.mlp.2", width, width))
    shapes.update(_layers(("cond_embed", width, condition), ("input_proj", width, channels)))
    for i in range(blocks):
        shapes.update({f"res_blocks.{i}.in_ln.weight": (width,), f"res_blocks.{i}.in_ln.bias": (width,)})
        parts = [("mlp.0", width, width), ("mlp.2", width, width), ("adaLN_modulation.1", 3 * width, width)]
        shapes.update(_layers(*((f"res_blocks.{i}.{name}", rows, columns) for name, rows, columns in parts)))
    shapes.update(_layers(("final_layer.linear", 2 * channels, width), ("final_layer.adaLN_modulation.1", 2 * width, width)))
    return _fill(shapes, seed)


def to_diffusers(state, depth):
    """The same DiT under the names of diffusers, which keeps no table of places and the embedders in each block."""
    made = {}
    outer = (("pos_embed.proj", "x_embedder.proj"), ("proj_out_1", "final_layer.adaLN_modulation.1"), ("proj_out_2", "final_layer.linear"))
    for what in ("weight", "bias"):
        for to, name in outer:
            made[f"{to}.{what}"] = state[f"{name}.{what}"]
        for i in range(depth):
            block, emb = f"transformer_blocks.{i}", f"transformer_blocks.{i}.norm1.emb"
            made[f"{emb}.timestep_embedder.linear_1.{what}"] = state[f"t_embedder.mlp.0.{what}"]
            made[f"{emb}.timestep_embedder.linear_2.{what}"] = state[f"t_embedder.mlp.2.{what}"]
            made[f"{block}.norm1.linear.{what}"] = state[f"blocks.{i}.adaLN_modulation.1.{what}"]
            for to, part in zip("qkv", np.split(state[f"blocks.{i}.attn.qkv.{what}"], 3)):
                made[f"{block}.attn1.to_{to}.{what}"] = part
            made[f"{block}.attn1.to_out.0.{what}"] = state[f"blocks.{i}.attn.proj.{what}"]
            made[f"{block}.ff.net.0.proj.{what}"] = state[f"blocks.{i}.mlp.fc1.{what}"]
            made[f"{block}.ff.net.2.{what}"] = state[f"blocks.{i}.mlp.fc2.{what}"]
    for i in range(depth):
        made[f"transformer_blocks.{i}.norm1.emb.class_embedder.embedding_table.weight"] = state["y_embedder.embedding_table.weight"]
    return made


def save_diffusers(folder, tensors, binary=False, **config):
    inner = os.path.join(folder, "transformer")
    os.makedirs(inner)
    settings = {"_class_name": "Transformer2DModel", "num_attention_heads": 2, "attention_head_dim": 4, "sample_size": 4, "patch_size": 2}
    with open(os.path.join(inner, "config.json"), "w", encoding="utf-8") as out:
        json.dump({**settings, **config}, out)
    path = os.path.join(inner, "diffusion_pytorch_model")
    if binary:
        save_zip(path + ".bin", tensors)
    else:
        save_safetensors(path + ".safetensors", tensors)


UNET = {"img_resolution": 4, "in_channels": 1, "out_channels": 1, "label_dim": 0, "model_channels": 4, "channel_mult": [1], "num_blocks": 0}


def module(parameters=None, buffers=None, modules=None, **attributes):
    """The attributes of a torch.nn.Module."""
    state = {"training": False, "_parameters": parameters or {}, "_buffers": buffers or {}, "_modules": modules or {}}
    state.update(_non_persistent_buffers_set=set(), _backward_hooks=Call("collections.OrderedDict"), **attributes)
    return state


def edm(kind="SongUNet", wrapper="EDMPrecond", seed=3, arguments=UNET, **own):
    """EDM's snapshot of a stub of a U-Net: modules in modules, and the names and values that its state_dict has."""
    rng = np.random.default_rng(seed)
    values = {
        "map_noise.freqs": rng.standard_normal(4, dtype=np.float32),
        "map_layer0.weight": rng.standard_normal((8, 4), dtype=np.float32),
        "map_layer0.bias": rng.standard_normal(8, dtype=np.float32),
        "enc.4x4_conv.weight": rng.standard_normal((4, 1, 3, 3), dtype=np.float32),
    }

    def parameter(name):
        return Call("torch._utils._rebuild_parameter", values[name], True, Call("collections.OrderedDict"))

    double = Object("numpy.dtype", (3, "<", None, None, None, -1, -1, 0), "f8", False, True)
    half = Call("numpy.core.multiarray.scalar", double, struct.pack("<d", 0.5))
    parameters = {"weight": parameter("enc.4x4_conv.weight"), "bias": None}
    conv = Persistent("Conv2d", module(parameters, {"resample_filter": None}, skip_scale=half))
    noise = Persistent("FourierEmbedding", module({}, {"freqs": values["map_noise.freqs"], "scratch": np.ones(2, np.float32)}))
    noise.arguments[0]["state"]["_non_persistent_buffers_set"] = {"scratch"}
    layer = Persistent("Linear", module({"weight": parameter("map_layer0.weight"), "bias": parameter("map_layer0.bias")}))
    encoder = Object("torch.nn.modules.container.ModuleDict", module({}, {}, {"4x4_conv": conv}))
    parts = {"map_noise": noise, "map_label": None, "map_layer0": layer, "enc": encoder}
    network = Persistent(kind, module({}, {}, parts, _init_args=(), _init_kwargs=dict(arguments)))
    own = {"img_resolution": 4, "img_channels": 1, "use_fp16": False, **own}
    whole = Persistent(wrapper, module({}, {}, {"model": network}, _init_args=(), _init_kwargs=own))
    loss = Persistent("EDMLoss", {"P_mean": -1.2})
    pipe = Persistent("AugmentPipe", {"p": 0.12, "table": Call("numpy.core.multiarray._reconstruct", Ref("numpy.ndarray"), (0,), b"b")})
    return {"ema": whole, "loss_fn": loss, "augment_pipe": pipe, "dataset_kwargs": Call("dnnlib.util.EasyDict", {"path": "x"})}, values
