# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""The files that PyTorch writes, and plain pickles with tensors in them (EDM's), without PyTorch and without running anything of them.

torch.save writes a zip archive: NAME/data.pkl, in which a storage is a persistent id ("storage", type, key, place, count), and
NAME/data/KEY with its bytes, not compressed. Before 1.6 it wrote one stream: a magic number, a protocol, facts on the machine, the
pickle, the keys of its storages, and for each key the count in eight bytes and the values; a storage inside a plain pickle is still
written that way, as the argument of torch.storage._load_from_bytes."""

import io
import mmap
import struct
import zipfile

from . import CheckpointError, pickles, words
from .values import STORAGES, Storage, Tensor, raw

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001

# Names that are only named, or whose objects are only carried along: settings, optimizers, modules that hold other modules.
_CARRIED = {
    "argparse.Namespace",
    "builtins.object",
    "__builtin__.object",
    "numpy.ndarray",
    "torch.Tensor",
    "torch.nn.parameter.Parameter",
    "torch.float32",
    "torch.float16",
    "torch.bfloat16",
    "torch.float64",
    "torch.int64",
}


def _carried(text):
    return text in _CARRIED or text.startswith(("torch.nn.modules.", "torch.torch_version.TorchVersion"))


def _tensor(storage, offset, shape, strides, *_):
    return Tensor(storage, offset, shape, strides)


def _parameter(data, *_):
    if not isinstance(data, Tensor):
        raise CheckpointError(f"{words(data)} in the place of a parameter's tensor")
    return data


def _mapping(items=()):
    if not isinstance(items, (dict, list, tuple)):
        raise CheckpointError(f"{words(items)} in the place of a dict's entries")
    made = pickles.Mapping()
    pairs = items.items() if isinstance(items, dict) else items
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not isinstance(pair[0], pickles.ATOMS):
            raise CheckpointError("a dict made of something else than pairs")
        made[pair[0]] = pair[1]
    return made


def _set(items=()):
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, pickles.ATOMS) for item in items):
        raise CheckpointError("a set of something else than plain values")
    return set(items)


def _size(shape=()):
    return tuple(shape) if isinstance(shape, (tuple, list)) else ()


def _device(*arguments):
    return pickles.Instance("torch.device", arguments)


def _encode(text, code="latin1"):
    """Bytes, as protocols before 3 write them."""
    if not isinstance(text, str) or code != "latin1":
        raise CheckpointError(f"{words(text)} in the place of bytes as text")
    return text.encode("latin-1")


def _path(*parts):
    return "/".join(part for part in parts if isinstance(part, str))


def _numpy_type(text, *_):
    return pickles.Instance("numpy.dtype", (text,))


def _numpy_scalar(dtype, data=b""):
    """np.sqrt(0.5) and its like, kept as attributes of modules."""
    formats = {"f8": "<d", "f4": "<f", "i8": "<q", "i4": "<i", "b1": "<?"}
    kind = dtype.arguments[0] if isinstance(dtype, pickles.Instance) and dtype.arguments else None
    layout = formats.get(kind) if isinstance(kind, str) else None
    if layout is None or not isinstance(data, bytes) or struct.calcsize(layout) != len(data):
        return pickles.Instance("numpy.scalar")
    return struct.unpack(layout, data)[0]


def _persistent_object(meta):
    """What EDM's torch_utils.persistence makes of an object: the source text of its class, which stays a text, and its attributes."""
    if not isinstance(meta, dict) or meta.get("type") != "class" or not isinstance(meta.get("class_name"), str):
        raise CheckpointError("a persistent object without the name of its class")
    if not isinstance(meta.get("state"), dict):
        raise CheckpointError(f"a persistent object of {meta['class_name'][:60]} without its attributes")
    return pickles.Instance(meta["class_name"], (), meta["state"])


def _inert(kind, *_):
    return pickles.Instance(kind.text if isinstance(kind, pickles.Name) else "object")


CALLS = {
    "collections.OrderedDict": _mapping,
    "dnnlib.util.EasyDict": _mapping,
    "builtins.set": _set,
    "__builtin__.set": _set,
    "copyreg._reconstructor": _inert,
    "copy_reg._reconstructor": _inert,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch._utils._rebuild_parameter_with_state": _parameter,
    "torch.Size": _size,
    "torch.device": _device,
    "pathlib.PosixPath": _path,
    "_codecs.encode": _encode,
    "numpy.dtype": _numpy_type,
    "numpy.core.multiarray.scalar": _numpy_scalar,
    "numpy._core.multiarray.scalar": _numpy_scalar,
    "numpy.core.multiarray._reconstruct": _inert,
    "numpy._core.multiarray._reconstruct": _inert,
    "torch_utils.persistence._reconstruct_persistent_obj": _persistent_object,
    **{f"torch.{name}": None for name in STORAGES},
}


def _storage_id(value):
    """The parts of a persistent id: dtype, key, count."""
    if not isinstance(value, tuple) or len(value) < 5 or value[0] != "storage":
        raise CheckpointError(f"{words(value)} in the place of a storage's id")
    _, kind, key, _, count = value[:5]
    name = kind.text.rpartition(".")[2] if isinstance(kind, pickles.Name) else None
    if name not in STORAGES or not isinstance(key, str):
        raise CheckpointError(f"a storage of {words(kind)}; known: {', '.join(STORAGES)}")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise CheckpointError(f"a storage of {words(count)} values")
    if len(value) > 5 and value[5] is not None:
        raise CheckpointError("a storage that is a part of another (written before PyTorch 0.4)")
    return STORAGES[name], key, count


def _same(storages, key, dtype, count):
    """The storage of a key: the same each time."""
    known = storages.setdefault(key, Storage(dtype, count))
    if (known.dtype, known.count) != (dtype, count):
        raise CheckpointError(f"storage '{key[:40]}' is described in two ways")
    return known


def _read_stream(stream, data, calls):
    """A stream of the old format whose magic number was just read; data: the same bytes as a buffer."""
    storages = {}

    def persistent(value):
        dtype, key, count = _storage_id(value)
        return _same(storages, key, dtype, count)

    if pickles.read(stream, {}) != PROTOCOL:
        raise CheckpointError("PyTorch's old format in a protocol that is not known")
    machine = pickles.read(stream, {})
    if not isinstance(machine, dict) or machine.get("little_endian") is not True:
        raise CheckpointError("written on a machine of another byte order")
    made = pickles.read(stream, calls, _carried, persistent)
    keys = pickles.read(stream, {})
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or sorted(keys) != sorted(storages):
        raise CheckpointError("a list of storages that is not that of its tensors")
    at = stream.tell()
    for key in keys:
        storage = storages[key]
        size = storage.count * raw(storage.dtype).itemsize
        if at + 8 + size > len(data) or struct.unpack_from("<Q", data, at)[0] != storage.count:
            raise CheckpointError(f"cut short: storage '{key[:40]}' is not there")
        storage.fetch = lambda start=at + 8, end=at + 8 + size: memoryview(data)[start:end]
        at += 8 + size
    return made


def _storage_from_bytes(data):
    """A storage that torch.save wrote into a bytes object."""
    if not isinstance(data, bytes):
        raise CheckpointError(f"{words(data)} in the place of a storage's bytes")
    stream = io.BytesIO(data)
    if pickles.read(stream, {}) != MAGIC:
        raise CheckpointError("a storage that is not in PyTorch's old format")
    made = _read_stream(stream, data, CALLS)
    if not isinstance(made, Storage):
        raise CheckpointError(f"{words(made)} in the place of a storage")
    return made


def _read_pickle(path):
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    calls = {**CALLS, "torch.storage._load_from_bytes": _storage_from_bytes}
    # A file of the old format begins with the pickle of a number.
    first = pickles.read(data, calls, _carried)
    return _read_stream(data, data, CALLS) if first == MAGIC and isinstance(first, int) else first


def _read_zip(path):
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise CheckpointError(f"a zip archive that is damaged or cut short: {error}") from error
    with open(path, "rb") as file:
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    entries, places, size = {}, {}, len(data)
    for entry in archive.infolist():
        if entry.header_offset + entry.file_size > size:
            raise CheckpointError(f"entry '{entry.filename[:80]}' is cut short")
        if entry.filename in entries:
            raise CheckpointError(f"entry '{entry.filename[:80]}' is there twice")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise CheckpointError(f"entry '{entry.filename[:80]}' is compressed, which PyTorch never does")
        entries[entry.filename] = entry
    roots = [name[: -len("data.pkl")] for name in entries if name.endswith("/data.pkl") and name.count("/") == 1]
    if len(roots) != 1:
        raise CheckpointError("a zip archive that PyTorch did not write: no NAME/data.pkl in it")
    root, storages = roots[0], {}
    if root + "constants.pkl" in entries:
        raise CheckpointError("a TorchScript archive, which holds a program: a checkpoint's weights are wanted")

    def fetch(name):
        """The bytes of an entry. Its checksum is held against them once: thousands of tensors may be parts of one storage."""
        entry = entries[name]
        if name not in places:
            try:
                archive.read(entry)
                lengths = struct.unpack_from("<HH", data, entry.header_offset + 26)  # of its name and of what follows that
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError, struct.error) as error:
                raise CheckpointError(f"entry '{name[:80]}' is damaged: {error}") from error
            places[name] = entry.header_offset + 30 + sum(lengths)
        return data[places[name] : places[name] + entry.file_size]

    def persistent(value):
        dtype, key, count = _storage_id(value)
        storage, name = _same(storages, key, dtype, count), f"{root}data/{key}"
        if name not in entries or entries[name].file_size != count * raw(dtype).itemsize:
            found = entries[name].file_size if name in entries else "no"
            raise CheckpointError(f"storage '{key[:40]}' of {count} values has {found} bytes")
        storage.fetch = lambda: fetch(name)
        return storage

    if root + "byteorder" in entries and bytes(fetch(root + "byteorder")) != b"little":
        raise CheckpointError("written on a machine of another byte order")
    return pickles.read(io.BytesIO(fetch(root + "data.pkl")), CALLS, _carried, persistent)


def read(path):
    """What was saved: dicts, lists, plain values, Tensors, and Instances of classes that stay names."""
    with open(path, "rb") as file:
        start = file.read(512)
    if start[:4] == b"PK\x03\x04":
        return _read_zip(path)
    if start[257:262] == b"ustar":
        raise CheckpointError("a tar archive (PyTorch before 0.2), which is not read: save it again with a newer PyTorch")
    if start[:1] != b"\x80":
        raise CheckpointError(f"neither a zip archive nor a pickle, so no checkpoint of PyTorch: it begins with {start[:24]!r}")
    return _read_pickle(path)
