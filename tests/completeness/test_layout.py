"""The rules of the tree that no tool of the shelf checks."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
RULES: dict[str, Any] = tomllib.loads(
    (Path(__file__).with_name("data") / "layout.toml").read_text(encoding="utf-8")
)
BOT: dict[str, list[str]] = RULES["bot"]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*rooms: str) -> list[Path]:
    """The Python files of rooms, relative to the checkout; empty package markers left out."""
    found = (file for room in rooms for file in (CHECKOUT / room).rglob("*.py"))
    return sorted(file.relative_to(CHECKOUT) for file in found if file.stat().st_size)


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse((CHECKOUT / module).read_text(encoding="utf-8"))


def imported(module: Path) -> Iterator[str]:
    """The top-level names a module imports, wherever in it."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").split(".")[0]


def is_in(module: Path, folders: list[str]) -> bool:
    return any(module.is_relative_to(folder) for folder in folders)


EVERY = modules(*RULES["rooms"])
OF_BOT = [module for module in modules("bot") if not is_in(module, BOT["except"])]


@pytest.mark.parametrize("room", RULES["rooms"])
def test_each_room_has_modules(room: str) -> None:
    assert modules(room)


def test_each_module_says_why_it_exists() -> None:
    assert [str(module) for module in EVERY if not ast.get_docstring(tree(module))] == []


def test_modules_are_short() -> None:
    lengths = {m: len((CHECKOUT / m).read_text(encoding="utf-8").splitlines()) for m in EVERY}
    assert {str(m): n for m, n in lengths.items() if n > RULES["module_lines"]} == {}


def test_functions_are_short() -> None:
    long = {
        f"{module}:{node.name}": length
        for module in EVERY
        for node in ast.walk(tree(module))
        if isinstance(node, Function)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > RULES["function_lines"]
    }
    assert long == {}


def test_bot_uses_the_standard_library_and_the_named_libraries_only() -> None:
    allowed = (sys.stdlib_module_names | {"bot", *BOT["libraries"]}) - set(BOT["forbidden"])
    assert _foreign(OF_BOT, allowed) == {}


def test_what_rasas_environment_imports_is_standard_library() -> None:
    bare = [module for module in OF_BOT if is_in(module, BOT["bare"])]
    assert bare
    assert _foreign(bare, sys.stdlib_module_names | {"bot"}) == {}


def test_each_channel_is_named_in_the_contract_that_keeps_channels_apart() -> None:
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    (apart,) = [contract for contract in contracts if contract["type"] == "independence"]
    folders = {file.parent.name for file in (CHECKOUT / "channels").glob("*/__init__.py")}
    assert set(apart["modules"]) == {f"channels.{name}" for name in folders}


def test_make_help_lists_every_target_that_people_call() -> None:
    done = subprocess.run(
        ["make", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    assert {"setup", "run", "test", "lint", "bench", "clean", "lock"} <= listed


def _foreign(where: list[Path], allowed: set[str] | frozenset[str]) -> dict[str, set[str]]:
    found = {str(module): set(imported(module)) - allowed for module in where}
    return {module: names for module, names in found.items() if names}
