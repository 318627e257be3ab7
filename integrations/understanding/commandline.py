"""Where Rasa's own commands find this project: its defaults expect the files in the top folder."""

from __future__ import annotations

from pathlib import Path

from integrations.understanding.server import PROJECT
from integrations.understanding.training import DATA, HELD_OUT

Option = tuple[str, str]
_CONFIG: Option = ("--config", str(PROJECT / "config.yml"))
_DOMAIN: Option = ("--domain", str(PROJECT / "domain.yml"))


def with_our_paths(arguments: list[str], model: Path) -> list[str]:
    """Rasa's arguments, with the project's paths for the long options that are not given."""
    for words, options in _options(model).items():
        if tuple(arguments[: len(words)]) == words:
            missing = [option for option in options if option[0] not in arguments]
            return [*arguments, *(part for option in missing for part in option)]
    return arguments


def _options(model: Path) -> dict[tuple[str, ...], tuple[Option, ...]]:
    """Options by the command's first words; the longer of two commands stands first."""
    out: Option = ("--out", str(model.parent))
    trained: Option = ("--model", str(model))
    results: Option = ("--out", str(model.parent.parent / "evaluations" / "rasa"))
    return {
        ("data", "validate"): (("--data", str(DATA)), _CONFIG, _DOMAIN),
        ("train", "nlu"): (("--nlu", str(DATA)), _CONFIG, _DOMAIN, out),
        ("train",): (("--data", str(DATA)), _CONFIG, _DOMAIN, out),
        ("test", "nlu"): (("--nlu", str(HELD_OUT)), trained, results, _DOMAIN),
        ("shell",): (trained,),
        ("run",): (trained,),
    }
