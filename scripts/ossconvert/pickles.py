# SPDX-FileCopyrightText: 2026 ossbench authors
# SPDX-License-Identifier: Apache-2.0
"""Reads a pickle as data. A class or function that a pickle names is a Name here and nothing else: nothing is imported, nothing is
called but the few functions of this package that a caller hands in for the names it knows, and any other name is refused.

Python's own Unpickler with a guarded find_class would still build whatever the names that are let through can build, and takes sizes on
trust in two opcodes (a memo index, a byte array); here the opcodes are a short list too, each with nothing but data in it."""

import pickletools

from . import CheckpointError, words

ATOMS = (str, bytes, int, float, bool, type(None))
MOST_OPERATIONS = 10**6  # published checkpoints take 10^4 to 10^5; an empty set takes 200 times the byte that asks for it


class Name:
    """A class or a function, by name."""

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text

    @property
    def words(self):
        return f"the class or function {self.text}"


class Instance:
    """An object of a class that stays a name, with what the pickle says of it."""

    __slots__ = ("name", "arguments", "state")

    def __init__(self, name, arguments=(), state=None):
        self.name, self.arguments, self.state = name, arguments, state

    @property
    def words(self):
        return f"an object of {self.name}"


class Mapping(dict):
    """A dict of a class of its own (OrderedDict, EasyDict)."""

    __slots__ = ()


class _Mark:
    __slots__ = ()


_MARK = _Mark()


def _key(value):
    """Only plain keys: the hash of a tuple of tuples runs as deep as it is nested."""
    if not isinstance(value, ATOMS):
        raise CheckpointError(f"{words(value)} as the key of a dict or an entry of a set")
    return value


class _Machine:
    """The stack and memo of one pickle. calls: what a name does when it is called, None where it may only be named; allowed: says whether
    a name beyond those may stand for a class of inert objects; persistent: what a persistent id means."""

    def __init__(self, calls, allowed, persistent):
        self.calls, self.allowed, self.persistent = calls, allowed, persistent
        self.stack, self.memo = [], {}

    def pop(self):
        if not self.stack or self.stack[-1] is _MARK:
            raise CheckpointError("an operation without its operands")
        return self.stack.pop()

    def top(self, kind):
        if not self.stack or not isinstance(self.stack[-1], kind):
            raise CheckpointError(f"an operation on something else than a {kind.__name__}")
        return self.stack[-1]

    def since_mark(self):
        for at in range(len(self.stack) - 1, -1, -1):
            if self.stack[at] is _MARK:
                items = self.stack[at + 1 :]
                del self.stack[at:]
                return items
        raise CheckpointError("an operation without its mark")

    def pairs(self, target, items):
        if len(items) % 2:
            raise CheckpointError("a key without a value")
        for i in range(0, len(items), 2):
            target[_key(items[i])] = items[i + 1]

    def name(self, module, name):
        text = f"{module}.{name}"
        if text not in self.calls and not self.allowed(text):
            raise CheckpointError(f"it names {text[:100]}, which no checkpoint needs; nothing of it was run")
        return Name(text)

    def call(self, function, arguments):
        if not isinstance(function, Name) or not isinstance(arguments, tuple):
            raise CheckpointError(f"{words(function)} in the place of a function")
        make = self.calls.get(function.text)
        if make is None:
            raise CheckpointError(f"it calls {function.text[:100]}, which is not known to only make data; nothing of it was run")
        return make(*arguments)

    def new_object(self, name, arguments):
        if not isinstance(name, Name) or not isinstance(arguments, tuple):
            raise CheckpointError(f"{words(name)} in the place of a class")
        make = self.calls.get(name.text)
        return make(*arguments) if make else Instance(name.text, arguments)

    def build(self, state):
        target = self.stack[-1] if self.stack else None
        if isinstance(target, Instance):
            target.state = state
        elif not isinstance(target, Mapping):  # attributes of a dict of a class of its own are of no use
            raise CheckpointError(f"a state for {words(target)}")

    def remember(self, index):
        self.memo[index] = self.pop()
        self.stack.append(self.memo[index])

    def recall(self, index):
        if index not in self.memo:
            raise CheckpointError("something from before that was not there")
        self.stack.append(self.memo[index])


# What each opcode does to the machine; those that are not here are refused.
_VALUES = "INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING UNICODE SHORT_BINUNICODE"
_VALUES += " BINUNICODE BINUNICODE8 SHORT_BINBYTES BINBYTES BINBYTES8"
_CONSTANTS = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_DICT": dict,
    "EMPTY_SET": set,
    "MARK": lambda: _MARK,
}


def _tuple(machine, count):
    items = [machine.pop() for _ in range(count)]
    machine.stack.append(tuple(reversed(items)))


def _append(machine, _):
    value = machine.pop()
    machine.top(list).append(value)


def _appends(machine, _):
    items = machine.since_mark()
    machine.top(list).extend(items)


def _set_item(machine, _):
    value, key = machine.pop(), machine.pop()
    machine.top(dict)[_key(key)] = value


def _set_items(machine, _):
    items = machine.since_mark()
    machine.pairs(machine.top(dict), items)


def _add_items(machine, _):
    items = machine.since_mark()
    machine.top(set).update(_key(item) for item in items)


def _dict(machine, _):
    made = {}
    machine.pairs(made, machine.since_mark())
    machine.stack.append(made)


def _stack_global(machine, _):
    name, module = machine.pop(), machine.pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise CheckpointError("a class or function whose name is no text")
    machine.stack.append(machine.name(module, name))


def _reduce(machine, _):
    arguments, function = machine.pop(), machine.pop()
    machine.stack.append(machine.call(function, arguments))


def _new_object(machine, _):
    arguments, name = machine.pop(), machine.pop()
    machine.stack.append(machine.new_object(name, arguments))


def _persistent(machine, _):
    machine.stack.append(machine.persistent(machine.pop()))


_ACTIONS = {
    "PROTO": lambda machine, arg: None,
    "FRAME": lambda machine, arg: None,
    "POP": lambda machine, arg: machine.pop(),
    "POP_MARK": lambda machine, arg: machine.since_mark(),
    "LIST": lambda machine, arg: machine.stack.append(machine.since_mark()),
    "TUPLE": lambda machine, arg: machine.stack.append(tuple(machine.since_mark())),
    "TUPLE1": lambda machine, arg: _tuple(machine, 1),
    "TUPLE2": lambda machine, arg: _tuple(machine, 2),
    "TUPLE3": lambda machine, arg: _tuple(machine, 3),
    "FROZENSET": lambda machine, arg: machine.stack.append(frozenset(_key(item) for item in machine.since_mark())),
    "DICT": _dict,
    "APPEND": _append,
    "APPENDS": _appends,
    "SETITEM": _set_item,
    "SETITEMS": _set_items,
    "ADDITEMS": _add_items,
    "PUT": lambda machine, arg: machine.remember(int(arg)),
    "BINPUT": lambda machine, arg: machine.remember(arg),
    "LONG_BINPUT": lambda machine, arg: machine.remember(arg),
    "MEMOIZE": lambda machine, arg: machine.remember(len(machine.memo)),
    "GET": lambda machine, arg: machine.recall(int(arg)),
    "BINGET": lambda machine, arg: machine.recall(arg),
    "LONG_BINGET": lambda machine, arg: machine.recall(arg),
    "GLOBAL": lambda machine, arg: machine.stack.append(machine.name(*arg.split(" ", 1))),
    "STACK_GLOBAL": _stack_global,
    "REDUCE": _reduce,
    "NEWOBJ": _new_object,
    "BUILD": lambda machine, arg: machine.build(machine.pop()),
    "BINPERSID": _persistent,
}
_ACTIONS.update({name: lambda machine, arg: machine.stack.append(arg) for name in _VALUES.split()})
_ACTIONS.update({name: lambda machine, arg, make=make: machine.stack.append(make()) for name, make in _CONSTANTS.items()})


def read(stream, calls, allowed=lambda text: False, persistent=None):
    """The value of the pickle at the stream's position (an object with read, readline and tell); the stream then stands behind it."""

    def no_persistent(value):
        raise CheckpointError("a persistent id, where none has a meaning")

    machine = _Machine(calls, allowed, persistent or no_persistent)
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
            if count == MOST_OPERATIONS:
                raise CheckpointError(f"a pickle of more than {MOST_OPERATIONS} operations")
            if opcode.name == "STOP":
                return machine.pop()
            action = _ACTIONS.get(opcode.name)
            if action is None:
                raise CheckpointError(f"the operation {opcode.name}, which no checkpoint needs")
            action(machine, argument)
    except CheckpointError:
        raise
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, EOFError, ArithmeticError) as error:
        raise CheckpointError(f"a pickle that is damaged or cut short: {str(error)[:200]}") from error
    raise CheckpointError("a pickle without its end")
