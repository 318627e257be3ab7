"""What was ordered is there: each package on a path that runs, each folder with its content."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
CARD = tomllib.loads((Path(__file__).with_name("data") / "card.toml").read_text(encoding="utf-8"))
PACKAGES: list[dict[str, str]] = CARD["package"]
FOLDERS: list[dict[str, Any]] = CARD["folder"]
ROOTS = ("bot", "channels", "actions", "integrations", "simulator")


@cache
def imports() -> grimp.ImportGraph:
    """Who imports what, with the packages from outside."""
    return grimp.build_graph(*ROOTS, include_external_packages=True)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_each_package_is_imported_by_something_that_runs(package: dict[str, str]) -> None:
    if "project" in package:
        modules = _components(CHECKOUT / package["project"])
        assert modules
        for module in modules:
            assert package["name"] in _imported(module), module
        return
    wanted = package.get("module", package["name"])
    chain = imports().find_shortest_chain(package["entry"], wanted)
    assert chain, f"{package['entry']} never reaches {wanted}"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_each_package_is_locked(package: dict[str, str]) -> None:
    lock = "rasa" if "project" in package else "app"
    text = (CHECKOUT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    assert re.search(rf"^{package['name']}==", text, re.MULTILINE)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder["path"])
def test_each_folder_holds_what_it_says(folder: dict[str, Any]) -> None:
    root = CHECKOUT / folder["path"]
    missing = [name for name in folder["holds"] if not _holds(root / name)]
    assert missing == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder["path"])
def test_what_is_expected_later_is_listed_until_it_comes(folder: dict[str, Any]) -> None:
    root = CHECKOUT / folder["path"]
    come = [name for name in folder.get("later", []) if _holds(root / name)]
    assert come == [], f"move from `later` to `holds` in {folder['path']}"


def _holds(path: Path) -> bool:
    """A file with content, or a folder that has such a file."""
    if path.is_dir():
        return any(_holds(inner) for inner in path.iterdir() if inner.name != "__pycache__")
    return path.is_file() and path.stat().st_size > 0


def _components(config: Path) -> list[Path]:
    """The files of our own components that a Rasa pipeline names."""
    named = re.findall(r"name: (bot\.[\w.]+)\.\w+", config.read_text(encoding="utf-8"))
    return [CHECKOUT / (name.replace(".", "/") + ".py") for name in named]


def _imported(module: Path) -> set[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}
