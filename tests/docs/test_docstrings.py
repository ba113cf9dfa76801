"""Every public function, method and class says what it takes and which of our errors it raises."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ftdata import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[2] / "src" / "ftdata"
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
FILES = sorted(SOURCE.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def faults(tree: ast.Module) -> Iterator[str]:
    """What a module's docstrings leave out, a line each."""
    ours = ERRORS | {
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id in ERRORS for b in node.bases)
    }
    public = exported(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in public:
            yield from of_function(node, node.name, ours)
        elif isinstance(node, ast.ClassDef) and node.name in public:
            yield from of_class(node, ours)


def exported(tree: ast.Module) -> set[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return set(ast.literal_eval(node.value))
    return set()


def of_class(node: ast.ClassDef, ours: set[str]) -> Iterator[str]:
    text = ast.get_docstring(node) or ""
    if not text:
        yield f"{node.name} has no docstring"
    for inner in node.body:
        if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if inner.name == "__init__":  # described by the class
            yield from missing(inner, node.name, ours, text, ("Args", "Attributes"))
        elif not inner.name.startswith("_"):
            yield from of_function(inner, f"{node.name}.{inner.name}", ours)


def of_function(node: Function, name: str, ours: set[str]) -> Iterator[str]:
    text = ast.get_docstring(node) or ""
    if not text:
        yield f"{name} has no docstring"
    if any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list) or is_command(node):
        return
    if not text.startswith("See `"):  # the same method of a protocol
        yield from missing(node, name, ours, text, ("Args",))


def is_command(node: Function) -> bool:
    """Whether it is a command of click: its docstring is the help that users see, and its options have a help of their own."""
    return any(
        isinstance(d, ast.Call)
        and isinstance(d.func, ast.Attribute)
        and isinstance(d.func.value, ast.Name)
        and (d.func.value.id, d.func.attr) in {("cli", "command"), ("click", "command"), ("click", "group")}
        for d in node.decorator_list
    )


def missing(node: Function, name: str, ours: set[str], text: str, sections: tuple[str, ...]) -> Iterator[str]:
    told = {item for section in sections for item in entries(text, section)}
    drawn = (
        {"draw"} if any(isinstance(d, ast.Attribute) and d.attr == "composite" for d in node.decorator_list) else set()
    )
    taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    taken += [extra for extra in (node.args.vararg, node.args.kwarg) if extra is not None]
    for argument in taken:
        if (
            argument.arg not in {"self", "cls", *drawn}
            and not argument.arg.startswith("_")
            and argument.arg not in told
        ):
            yield f"{name}: the argument {argument.arg} is not described"
    raised = {
        raise_.exc.func.id
        for raise_ in ast.walk(node)
        if isinstance(raise_, ast.Raise) and isinstance(raise_.exc, ast.Call) and isinstance(raise_.exc.func, ast.Name)
    }
    for error in sorted((raised & ours) - set(entries(text, "Raises"))):
        yield f"{name}: raises {error} and does not say when"


def entries(text: str, section: str) -> list[str]:
    """The names that a section of a Google docstring describes."""
    found = re.search(rf"^{section}:\n((?:[ \t]+.*\n?|\n)*)", text, re.MULTILINE)
    return [] if found is None else re.findall(r"^ {4}\*{0,2}(\w+)(?: \([^)]*\))?:", found[1], re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_public_names_say_what_they_take_and_what_they_raise(path: Path) -> None:
    assert list(faults(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_the_test_sees_what_is_left_out() -> None:
    code = '''
__all__ = ["Made", "Own", "ordered", "silent", "stated", "unstated"]
class Own(ReadError): pass
def stated(value, *, more=1):
    """Do it.

    Args:
        value: What.
        more: How much; `int`
            or so.

    Raises:
        Own: It is wrong.
    """
    raise Own("no")
def unstated(value, _own, **more):
    """Do it."""
    if value: raise RecipeError("no")
@cli.command()
@FILES
def ordered(files):
    """Help."""
    raise RecipeError("no")
@cli.command()
def silent(): ...
class Made:
    """A thing.

    Attributes:
        size: How large.
    """
    def __init__(self, size, other): ...
    def verb(self, what):
        """Do it."""
def _private(x): ...
'''
    assert list(faults(ast.parse(code))) == [
        "Own has no docstring",
        "unstated: the argument value is not described",
        "unstated: the argument more is not described",
        "unstated: raises RecipeError and does not say when",
        "silent has no docstring",
        "Made: the argument other is not described",
        "Made.verb: the argument what is not described",
    ]
