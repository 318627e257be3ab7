"""Flow files: every flow loads, every step exists once, every word list names real questions."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.dialogue.reading import OF_FLOWS
from bot.flows import FlowError, all_flows, flow_named
from bot.flows.model import flow_from

BOT = Path(__file__).parents[2] / "bot"
DESIGNED = tomllib.loads((Path(__file__).parent / "steps.toml").read_text("utf-8"))
HEAD = {"id": "x", "version": 1, "reference_kind": 1, "topic": "", "event_date": "", "notice": ""}


@pytest.mark.parametrize("flow_id", sorted(DESIGNED))
@pytest.mark.parametrize("ring", ["core", "completing", "optional"])
def test_a_flow_fills_every_step_it_was_designed_with(flow_id: str, ring: str) -> None:
    flow = flow_named(flow_id)
    filled = {step for q in flow.questions if q.ring == ring for step in q.fills}
    wanted = set(DESIGNED[flow_id].get(ring, []))
    elsewhere = {step for q in flow.questions for step in q.fills}
    # A Latin spelling of the core ring is asked later but may be typed at once.
    assert wanted <= filled | {s for s in wanted & elsewhere if s.endswith("_latin")}


@pytest.mark.parametrize("flow", all_flows().values(), ids=lambda flow: flow.id)
def test_every_kind_of_answer_has_a_parser(flow: object) -> None:
    from bot import answers

    known = answers.KINDS | set(OF_FLOWS) | {"choice", "arrondissement"}
    assert {q.answer for q in flow.questions} <= known  # type: ignore[attr-defined]


@pytest.mark.parametrize("flow", all_flows().values(), ids=lambda flow: flow.id)
def test_conditions_name_steps_that_exist(flow: object) -> None:
    steps = {s for q in flow.questions for s in q.fills}  # type: ignore[attr-defined]
    steps |= {"sender_has_phone", "arrondissement_open", "helper", "abroad"}
    for q in flow.questions:  # type: ignore[attr-defined]
        named = {*q.when, *q.unless, *(s for v in (*q.variants, *q.notes) for s in v.when)}
        named |= {step for spelt in q.sets.values() for step in spelt}
        named |= {step for step in (q.after, q.before) if step}
        assert named <= steps, q.id


@pytest.mark.parametrize("flow", all_flows().values(), ids=lambda flow: flow.id)
def test_what_a_head_names_exists(flow: object) -> None:
    questions = flow.by_id  # type: ignore[attr-defined]
    assert set(flow.entities.values()) <= set(questions)  # type: ignore[attr-defined]
    for relation in flow.relations:  # type: ignore[attr-defined]
        for question_id, value in relation.answers.items():
            question = questions[question_id]
            assert value in (*question.choices, *question.more)


def test_field_names_and_choice_words_name_real_questions() -> None:
    fields = tomllib.loads((BOT / "dialogue/fields.toml").read_text("utf-8"))
    for flow_id, names in fields.items():
        assert set(names) <= set(flow_named(flow_id).by_id)
    words = tomllib.loads((BOT / "flows/words.toml").read_text("utf-8"))
    for question_id, values in words.items():
        asked = [f.by_id[question_id] for f in all_flows().values() if question_id in f.by_id]
        assert set(values) <= {v for q in asked for v in (*q.choices, *q.more, q.zero)}


def test_a_further_child_keeps_only_steps_that_exist() -> None:
    flow = flow_named("declare_birth")
    assert set(flow.keep) <= {s for q in flow.questions for s in q.fills}
    assert not any(step.startswith("child_") for step in flow.keep)


def test_an_unknown_key_in_a_flow_file_is_an_error() -> None:
    question = {"id": "a", "ring": "core", "answer": "text", "fills": ["a"], "colour": "red"}
    with pytest.raises(FlowError, match="unknown_key"):
        flow_from({**HEAD, "question": [question]})


def test_a_doubled_question_is_an_error() -> None:
    question = {"id": "a", "ring": "core", "answer": "text", "fills": ["a"]}
    with pytest.raises(FlowError, match="doubled"):
        flow_from({**HEAD, "question": [question, question]})
