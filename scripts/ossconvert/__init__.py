# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Published checkpoints read as data, and written as safetensors under their official names."""

import itertools


class CheckpointError(Exception):
    """What is wrong with a checkpoint, or missing, in words for the user."""


def words(value):
    """What a value is, for messages: short, and without looking into it far."""
    if isinstance(value, str):
        return f"the text '{value[:60]}'"
    if isinstance(value, int) and value.bit_length() > 200:
        return f"a whole number of {value.bit_length()} bits"
    if value is None or isinstance(value, (bool, int, float)):
        return str(value)[:60]
    if isinstance(value, dict):
        keys = ", ".join(str(key)[:40] for key in itertools.islice(value, 12) if isinstance(key, str))
        return f"a dict of {len(value)} entries ({keys}{', ...' if len(value) > 12 else ''})"
    if isinstance(value, (list, tuple, set, frozenset, bytes)):
        return f"a {type(value).__name__} of {len(value)} entries"
    return getattr(value, "words", f"a {type(value).__name__}")
