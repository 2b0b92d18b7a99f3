# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""One-line YAML as cell attributes hold it, and short labels that tell such values apart."""

import os
import re

# Options without effect unless another option has this value: not worth a place in a label.
DEPENDS = {"average": ("samples", "average"), "reduce": ("samples", "joint")}
# Left out of a label at these values.
USUAL = {"cost.kind": "xt", "cost.p": 2, "cost.channels": "all", "cost.frames": "all"}
LIMITS = ("max_calls", "calls")  # what a search may take at most, in no label


def _scalar(text):
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null", "~"):
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def _split(text):
    """Split at the commas that are outside brackets and quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "{[":
            depth += 1
        elif char in "}]":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


def parse(value):
    """A value of flow YAML as dict, list, number, bool or text. What is no flow YAML stays text."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("{") and text.endswith("}"):
        result = {}
        for part in _split(text[1:-1]):
            key, colon, rest = part.partition(":")
            if not colon:
                return text
            result[_scalar(key)] = parse(rest)
        return result
    if text.startswith("[") and text.endswith("]"):
        return [parse(part) for part in _split(text[1:-1])]
    return _scalar(text)


def kind(value):
    """The member's name: `kind` of {kind: oss, ...}, or the plain name."""
    value = parse(value)
    return str(value.get("kind", value)) if isinstance(value, dict) else str(value)


def option(value, name):
    """An option of a member, None where it has none of that name."""
    value = parse(value)
    return value.get(name) if isinstance(value, dict) else None


def _flatten(value, prefix=""):
    flat = {}
    for key, item in value.items():
        name = f"{prefix}{key}"
        if isinstance(item, dict):
            flat.update(_flatten(item, name + "."))
        else:
            flat[name] = item
    return flat


def _show(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return "[" + " ".join(_show(item) for item in value) + "]"
    if isinstance(value, str) and "/" in value:
        return os.path.basename(value)
    return str(value)


def _option(name, value, plain):
    """`paper` for variant: paper where no other option has that value, else `variant=paper`."""
    name = name[: -len(".kind")] if name.endswith(".kind") else name
    if isinstance(value, bool):
        return name if value else f"no {name}"
    return _show(value) if plain else f"{name}={_show(value)}"


def _options(value, depends):
    parsed = parse(value)
    flat = _flatten(parsed) if isinstance(parsed, dict) else {}
    for key in ("kind", *LIMITS):
        flat.pop(key, None)
    for key, (other, needed) in depends.items():
        if flat.get(other, needed) != needed:
            flat.pop(key, None)
    return flat


def _of_kind(key, family):
    """Whether a nested option is there for some kinds of its member and missing for the others."""
    kind_key = key.rpartition(".")[0] + ".kind"
    having = {flat.get(kind_key) for flat in family.values() if key in flat}
    return "." in key and not having & {flat.get(kind_key) for flat in family.values() if key not in flat}


def _differing(family, depends):
    """The options that do not have one value in the whole family, in their order."""
    options = list(dict.fromkeys(key for flat in family.values() for key in flat))
    found = []
    for key in options:
        values = [repr(flat[key]) for flat in family.values() if key in flat]
        # An option that hangs on another one is missing where that one already tells the values apart.
        if len(set(values)) > 1 or len(values) < len(family) and key not in depends and not _of_kind(key, family):
            found.append(key)
    for key in depends:  # too much where the others tell the values apart
        rest = [other for other in found if other != key]
        if key in found and len({repr([flat.get(other) for other in rest]) for flat in family.values()}) == len(family):
            found = rest
    return found


def _by_file(value):
    """The name of a value's file without folder and ending; its kind where it has none."""
    parsed = parse(value)
    file = parsed.get("file") if isinstance(parsed, dict) else None
    return os.path.splitext(os.path.basename(file))[0] if isinstance(file, str) and file else kind(value)


def _untie(result):
    """Values of one label get the options that differ between them, also without effect; at worst they stay whole."""
    groups = {}
    for value, label in result.items():
        groups.setdefault(label, []).append(value)
    for label, values in groups.items():
        if len(values) == 1:
            continue
        flats = {value: _options(value, {}) for value in values}
        differ = [key for key in _differing(flats, {}) if all(key in flat for flat in flats.values())]
        more = {v: ", ".join(_option(key, flat[key], False) for key in differ) for v, flat in flats.items()}
        clear = bool(differ) and len(set(more.values())) == len(values)
        for value in values:
            open_label = label[:-1] + ", " if label.endswith(")") else label + " ("
            result[value] = f"{open_label}{more[value]})" if clear else str(value)
    return result


def labels(values, by_file=False):
    """{value: short label}: the kind, and of the options only those that differ within that kind.

    With `by_file` the file's name stands for the kind, as far as that tells all values apart.
    """
    depends = DEPENDS
    values = list(dict.fromkeys(values))
    families = {}
    for value in values:
        name = _by_file(value) if by_file else kind(value)
        flat = {"kind": kind(value), **_options(value, depends)} if by_file else _options(value, depends)
        families.setdefault(name, {})[value] = flat
    result = {}
    for name, family in families.items():
        differ = [key for key in _differing(family, depends) if not (by_file and key == "file")]
        users = {}
        for key in differ:
            for flat in family.values():
                users.setdefault(repr(flat.get(key)), set()).add(key)
        for value, flat in family.items():
            parts = []
            for key in differ:
                if flat.get(key) is not None and flat[key] != USUAL.get(key):
                    word = isinstance(flat[key], str) and len(users[repr(flat[key])] & set(flat)) == 1
                    parts.append(_option(key, flat[key], word))
            result[value] = f"{name} ({', '.join(parts)})" if parts else name
    if by_file and len(set(result.values())) < len(result):  # files of one name in two folders
        return labels(values, False)
    return _untie(result)


def slug(text, limit=60):
    """The text as part of a file name: small letters and digits, words joined by -."""
    return re.sub(r"[^a-z0-9.=]+", "-", text.lower()).replace("=", "").strip("-.")[:limit].strip("-.")
