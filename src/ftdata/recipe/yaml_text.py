"""YAML without its traps.

PyYAML reads YAML 1.1, where `no` is false, `2024-05-01` a date, `010` eight and `1e-3` a text, where a key that is given
twice silently has its last value, and where a few nested aliases stand for billions of values. Here plain values are
read as in YAML 1.2 (its core schema: `true`, `false`, `null`, numbers, text), a key given twice is an error, and so is
a file that its aliases blow up. Only plain data is read: a tag that names a Python object is an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ftdata.errors import RecipeError

if TYPE_CHECKING:
    from pathlib import Path

    import yaml

__all__ = ["Told", "read_yaml", "write_yaml"]

_MOST_VALUES: Final = 100_000  # recipes have hundreds; aliases of aliases are refused before they fill the memory
_MOST_BYTES: Final = 4 << 20  # a data file given by mistake need not be parsed to be refused
_DATA: Final = (".jsonl", ".ndjson", ".json", ".gz", ".zst", ".parquet")

_PLAIN: Final = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"null|Null|NULL|~|", ("n", "N", "~", "")),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
    ("merge", r"<<", "<"),
)
"""Plain values of YAML 1.2.2, 10.3.2 (core schema): tag, pattern, first characters. Merge keys are no part of it, but
widely used with anchors."""
_RARE_BREAKS: Final = "\x85\u2028\u2029"  # PyYAML writes them as they are, and reads them as line breaks


class Told(dict[Any, Any]):
    """A mapping of a YAML file that knows where it stands.

    Attributes:
        line: Number of its first line.
    """

    line: int = 0


def read_yaml(place: Path) -> Any:
    """Read one YAML document; mappings are `Told`.

    Args:
        place: The file: UTF-8, at most 4 MiB, and not named like a file of data.

    Returns:
        Mappings (`Told`), lists, text, numbers, truth values; None for an empty document.

    Raises:
        RecipeError: It cannot be read or is not YAML as it is read here; names file and, where known, line.
    """
    import yaml

    if place.name.lower().endswith(_DATA):
        raise RecipeError(f"{place} is a file of data by its name; a recipe is a YAML file, `ftdata init` writes one")
    try:
        with place.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)  # a device has no end
    except OSError as error:
        raise RecipeError(f"{place}: the recipe cannot be read ({error.strerror}); `ftdata init` writes one") from None
    except ValueError:  # a NUL character
        raise RecipeError("the recipe cannot be read: its name is no file name") from None
    if len(content) > _MOST_BYTES:
        raise RecipeError(
            f"{place}: more than {_MOST_BYTES >> 20} MiB are too many for a recipe; is it the right file?"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError(f"{place}: the recipe is not UTF-8 text") from None
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return None
            _count(node)
            return _value(loader, node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise RecipeError(
            f"{place}{line}: not YAML ({getattr(error, 'problem', None) or 'it cannot be parsed'})"
        ) from None
    except RecursionError:
        raise RecipeError(f"{place}: nested too deep for a recipe") from None
    except _WrongError as error:
        raise RecipeError(f"{place}:{error.line}: {error}") from None


class _WrongError(Exception):
    def __init__(self, message: str, node: yaml.Node) -> None:
        self.line = node.start_mark.line + 1
        super().__init__(message)


def _Loader(text: str) -> Any:  # noqa: N802  # it stands for the class of that name, which is made when YAML is loaded
    """A loader that knows the plain values of YAML 1.2 only."""
    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as yaml has it

    _know_plain_values(Loader)
    return Loader(text)


def _know_plain_values(kind: Any) -> None:
    for tag, pattern, first in _PLAIN:
        kind.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), list(first))


def write_yaml(told: Any) -> str:
    """Write plain values so that `read_yaml`, and a reader of YAML 1.1 too, gives them back as they are.

    What either would take for a number or a truth value is put in quotes when it is text.

    Args:
        told: Dicts, lists, text, numbers, truth values and None; keys are written in their order.
    """
    import yaml

    class Dumper(yaml.SafeDumper):
        pass

    _know_plain_values(Dumper)
    text = str(yaml.dump(told, Dumper=Dumper, sort_keys=False, allow_unicode=True))
    if any(sign in text for sign in _RARE_BREAKS):
        text = str(yaml.dump(told, Dumper=Dumper, sort_keys=False, allow_unicode=False))
    return text


def _count(root: yaml.Node) -> None:
    """Refuse a document that its aliases make endless, or far larger than anybody writes."""
    import yaml

    sizes: dict[int, int] = {}

    def size(node: yaml.Node) -> int:
        known = sizes.get(id(node))
        if known is not None:
            if known == 0:
                raise _WrongError("a part of the recipe holds itself", node)
            return known
        sizes[id(node)] = 0
        total = 1
        if isinstance(node, yaml.SequenceNode):
            total += sum(map(size, node.value))
        elif isinstance(node, yaml.MappingNode):
            total += sum(size(key) + size(value) for key, value in node.value)
        if total > _MOST_VALUES:
            raise _WrongError(f"more than {_MOST_VALUES:,} values, counting those that aliases stand for", node)
        sizes[id(node)] = total
        return total

    size(root)


def _value(loader: Any, node: yaml.Node) -> Any:
    import yaml

    if isinstance(node, yaml.SequenceNode):
        _plain(node, "seq")
        return [_value(loader, one) for one in node.value]
    if isinstance(node, yaml.MappingNode):
        _plain(node, "map")
        return _mapping(loader, node)
    if node.tag == "tag:yaml.org,2002:merge":  # a value, not a key
        return node.value
    if node.tag == "tag:yaml.org,2002:int":
        return int(node.value) if len(node.value) <= 30 else float(node.value)  # a longer one is no setting
    if node.tag == "tag:yaml.org,2002:float":
        return float(re.sub(r"\.(?=inf|nan)", "", node.value.lower()))
    return loader.construct_object(node, deep=True)


def _mapping(loader: Any, node: yaml.MappingNode) -> Told:
    import yaml

    told = Told()
    told.line = node.start_mark.line + 1
    merged: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            parts = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
            for part in parts:
                if not isinstance(part, yaml.MappingNode):
                    raise _WrongError("<< takes a mapping, or a list of them", part)
                merged = {**_mapping(loader, part), **merged}
            continue
        if not isinstance(key_node, yaml.ScalarNode):
            raise _WrongError("a key is a text", key_node)
        key = _value(loader, key_node)
        if not isinstance(key, str):
            raise _WrongError(f"a key is a text; put {key_node.value} in quotes", key_node)
        if key in told:
            raise _WrongError(f"{key!r} is given twice", key_node)
        told[key] = _value(loader, value_node)
    for key, value in merged.items():
        told.setdefault(key, value)
    return told


def _plain(node: yaml.Node, kind: str) -> None:
    if node.tag != f"tag:yaml.org,2002:{kind}":
        raise _WrongError("a tag (!) stands for a kind of value that a recipe does not hold", node)
