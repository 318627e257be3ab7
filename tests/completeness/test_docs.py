"""The documents tell the truth: links lead somewhere, commands exist, examples load."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer

from bot.flows.model import flow_from
from channels.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "nlu_data/README.md"]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
ROOMS = "bot|channels|actions|integrations|nlu_data|docs|tests|simulator"
NAMED_FILE = re.compile(rf"`((?:{ROOMS})/[\w./-]+)`")
HALA = re.compile(r"(?:\.venv/bin/|`|^)hala ((?:[a-z]+ ?)+)", re.MULTILINE)
MAKE = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)


def command_names() -> set[str]:
    """Every command of `hala`, with its group where it has one."""
    names = set()
    root = typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        names.add(name)
        names |= {f"{name} {sub}" for sub in getattr(command, "commands", {})}
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_named_files_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = [link for link in LINK.findall(text) if not (page.parent / link).exists()]
    named = [n for n in NAMED_FILE.findall(text) if "<" not in n and "*" not in n]
    missing += [name for name in named if not (ROOT / name.rstrip("/.")).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_named_exist(page: Path) -> None:
    known = command_names()
    for words in HALA.findall(page.read_text("utf-8")):
        first, *rest = words.split()
        assert first in known, words
        if rest and f"{first} {rest[0]}" not in known:
            assert not any(name.startswith(f"{first} ") for name in known), words


def test_make_targets_named_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        named = set(MAKE.findall(page.read_text("utf-8")))
        assert named <= targets, page.name


def test_the_flow_shown_in_the_documents_loads() -> None:
    text = (ROOT / "docs/adding-a-journey.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    flow = flow_from(tomllib.loads(example))
    assert flow.by_id["death_date"].fills == ("death_date",)
