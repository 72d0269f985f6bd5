"""Every type of event has an example that is what would be posted, and every fact of it is shown in one."""

from pathlib import Path

import msgspec
import pytest

from messageapi.messages.states import Status
from messageapi.numbers.states import REASONS, State
from messageapi.vocab.event_examples import DATA, example
from messageapi.vocab.events import CATALOGUE
from messageapi.vocab.said import Said
from messageapi.vocab.said_examples import SAID

SHAPES = dict.fromkeys(kind.facts for kind in CATALOGUE.values())


def test_there_is_an_example_of_every_type_and_of_nothing_else() -> None:
    assert set(DATA) == set(CATALOGUE)


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_example_is_what_would_be_posted(name: str) -> None:
    """Whatever is no fact of this type, or of another kind, does not survive the way there and back."""
    data = example(name)["data"]
    assert msgspec.to_builtins(msgspec.convert(data, CATALOGUE[name].facts)) == data


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_fact_is_shown_in_an_example(shape: type[msgspec.Struct]) -> None:
    shown = {fact for name, kind in CATALOGUE.items() if kind.facts is shape for fact in DATA[name]}
    if issubclass(shape, Said):
        shown |= {fact for data in SAID.values() for fact in data}
    missing = {field.encode_name for field in msgspec.structs.fields(shape)} - shown
    assert missing == set(), f"show {missing} of {shape.__name__} in vocab/event_examples.py"


@pytest.mark.parametrize("kind", SAID)
def test_what_a_message_may_say_is_shown_as_it_is(kind: str) -> None:
    assert msgspec.to_builtins(msgspec.convert(SAID[kind], Said)) == SAID[kind]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_facts_say_what_they_tell(shape: type[msgspec.Struct]) -> None:
    assert (shape.__doc__ or "").strip().endswith(".")


def test_states_and_reasons_in_examples_exist() -> None:
    for name, data in DATA.items():
        if name.startswith("number."):
            msgspec.convert(data["state"], State)
            assert data["reason"] == (REASONS[data["reasonCode"]] if data["reasonCode"] else None)
        elif "status" in data:
            msgspec.convert(data["status"], Status)


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_page_of_events_names_it_and_shows_it(root: Path, name: str) -> None:
    page = (root / "docs" / "reference" / "events.md").read_text("utf-8")
    assert f"[`{name}`](#example-of-{name.replace('.', '')})" in page
    assert f'"type": "{name}"' in page
