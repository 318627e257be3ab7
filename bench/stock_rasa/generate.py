"""Writes the rival's Rasa project: sentences, rules, stories and domain, from the data files here.

Standard library only. Below their first keys the files are JSON, which is YAML: nobody edits them.
"""

from __future__ import annotations

import itertools
import json
import random
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECT = HERE / "project"
SENTENCES_EACH = 40
LOOP = "birth_form"
QUESTIONS = ("faq_hours", "faq_fees", "faq_documents")
# Said inside the form they are no answers; each must be listed, or it is stored as one.
NO_ANSWERS = (*QUESTIONS, "stop", "correct", "go_back", "change_language", "register_birth")
Yaml = dict[str, Any]


def generate(folder: Path, variant: str) -> None:
    """The project of variant `a` or `b` in a folder that is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    (folder / "actions").mkdir()
    shutil.copy(PROJECT / "actions.py", folder / "actions" / "__init__.py")
    shutil.copy(PROJECT / f"config_{variant}.yml", folder / "config.yml")
    _write(folder / "domain.yml", domain())
    _write(folder / "data" / "nlu.yml", nlu())
    _write(folder / "data" / "rules.yml", {"rules": list(rules())})
    if variant == "a":
        _write(folder / "data" / "stories.yml", {"stories": list(stories())})


def nlu() -> Yaml:
    """Forty sentences of each of thirteen intents; always the same ones."""
    data, chance = _toml(HERE / "sentences.toml"), random.Random(7)
    return {
        "nlu": [
            {"intent": intent, "examples": _listed(_drawn(cores, data["parts"], chance))}
            for intent, cores in data["intents"].items()
        ]
    }


def _drawn(cores: Yaml, parts: Yaml, chance: random.Random) -> list[str]:
    """As many of each language as of the others, give or take one."""
    pools = [_pool(cores[language], parts[language], chance) for language in parts]
    in_turn = itertools.chain.from_iterable(zip(*pools, strict=False))
    return list(itertools.islice(dict.fromkeys(in_turn), SENTENCES_EACH))


def _pool(cores: list[str], part: Yaml, chance: random.Random) -> list[str]:
    filled = [core.format(paper=paper) for core in cores for paper in part["papers"]]
    plain = list(dict.fromkeys(filled))
    dressed = [
        opening + core + ending
        for opening, core, ending in itertools.product(part["openings"], plain, part["endings"])
        if opening or ending
    ]
    return plain + chance.sample(dressed, len(dressed))


def _listed(sentences: list[str]) -> str:
    return "".join(f"- {sentence}\n" for sentence in sentences)


def domain() -> Yaml:
    """Intents, the ten slots, the form, the replies in two languages."""
    intents = list(_toml(HERE / "sentences.toml")["intents"])
    said = _toml(PROJECT / "replies.toml")
    responses = {f"utter_ask_{slot}": _two(texts) for slot, texts in said["slots"].items()}
    responses |= {f"utter_{name}": _two(texts) for name, texts in said["replies"].items()}
    return {
        "intents": intents,
        "slots": {"language": _language()} | {slot: _slot(slot) for slot in said["slots"]},
        "forms": {LOOP: {"required_slots": list(said["slots"])}},
        "responses": responses,
        "actions": [f"validate_{LOOP}", "action_submit_birth"],
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _two(texts: list[str]) -> list[Yaml]:
    french, arabic = texts
    only = [{"type": "slot", "name": "language", "value": "fr"}]
    return [{"text": french, "condition": only}, {"text": arabic}]


def _language() -> Yaml:
    kind = {"type": "categorical", "values": ["ar", "fr"], "initial_value": "ar"}
    return kind | {"influence_conversation": False, "mappings": [{"type": "custom"}]}


def _slot(name: str) -> Yaml:
    asked = {"active_loop": LOOP, "requested_slot": name}
    mapping = {"type": "from_text", "not_intent": list(NO_ANSWERS), "conditions": [asked]}
    return {"type": "text", "influence_conversation": False, "mappings": [mapping]}


def rules() -> Iterator[Yaml]:
    """One reply an intent; the form's begin, end and cancelling; questions inside it."""
    for name in _toml(PROJECT / "replies.toml")["replies"]:
        if name not in ("cancelled", "submitted"):
            yield _rule(name, [_heard(name), _does(f"utter_{name}")])
    in_form, out, again = {"active_loop": LOOP}, {"active_loop": None}, _does(LOOP)
    yield _rule("begin", [_heard("register_birth"), again, in_form])
    ended = [again, out, {"slot_was_set": [{"requested_slot": None}]}]
    yield _rule("submit", [*ended, _does("action_submit_birth")], in_form)
    cancelled = [_does("action_deactivate_loop"), out, _does("utter_cancelled")]
    yield _rule("cancel", [_heard("stop"), *cancelled], in_form)
    for name in QUESTIONS:
        steps = [_heard(name), _does(f"utter_{name}"), again, in_form]
        yield _rule(f"{name} in the form", steps, in_form)


def stories() -> Iterator[Yaml]:
    """Whole conversations, for the policies that learn from them."""
    begin, end = _said("greet"), _said("goodbye")
    form = [_heard("register_birth"), _does(LOOP), {"active_loop": LOOP}, {"active_loop": None}]
    for name in QUESTIONS:
        asked = [*begin, *_said(name)]
        yield {"story": f"asks {name}", "steps": [*asked, *end]}
        steps = [*asked, *form, _does("action_submit_birth"), *end]
        yield {"story": f"asks {name}, declares", "steps": steps}


def _rule(name: str, steps: list[Yaml], condition: Yaml | None = None) -> Yaml:
    return {"rule": name} | ({"condition": [condition]} if condition else {}) | {"steps": steps}


def _said(intent: str) -> list[Yaml]:
    return [_heard(intent), _does(f"utter_{intent}")]


def _heard(intent: str) -> Yaml:
    return {"intent": intent}


def _does(action: str) -> Yaml:
    return {"action": action}


def _toml(path: Path) -> Yaml:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, content: Yaml) -> None:
    # Rasa looks for the first key at the beginning of a line before it reads a file as YAML.
    whole = {"version": "3.1"} | content
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in whole.items())
    path.write_text("".join(lines), encoding="utf-8")
