"""Whatever is emitted stands in the catalogue with its facts, and nothing else can be emitted."""

import itertools
from typing import Any, get_args

import msgspec
import pytest

from messageapi.messages.announce import TOLD
from messageapi.numbers.states import State, may_become
from messageapi.numbers.transition import event_type
from messageapi.store.outbox import outbox_row
from messageapi.store.vault import Vault
from messageapi.vocab.events import CATALOGUE, NumberMoved

STATES = get_args(State)
FACTS = NumberMoved(
    name="shop", phone=None, lid=None, state="connected", reason_code=None, reason=None, since=None, until=None
)


def row(vault: Vault, kind: str, facts: Any = FACTS) -> dict[str, object]:
    sealer = vault.sealer("acc_1", vault.new_account_key())
    about: dict[str, Any] = {"account_id": "acc_1", "number_id": "num_1", "chat": None, "now": 1, "hours": 72}
    return outbox_row(sealer, type=kind, data=facts, **about)


def test_every_step_of_a_message_that_is_told_is_listed() -> None:
    assert {f"message.{step}" for step in TOLD} <= CATALOGUE.keys()


def test_every_move_of_a_number_that_is_told_is_listed() -> None:
    moves = [pair for pair in itertools.product(STATES, STATES) if may_become(*pair) and pair[0] != pair[1]]
    told = {event_type(*pair) for pair in moves} - {None}
    assert told == {kind for kind in CATALOGUE if kind.startswith("number.")}


@pytest.mark.parametrize("kind", ["message.teleported", "message.sent"])
def test_what_is_not_listed_with_its_facts_cannot_be_emitted(vault: Vault, kind: str) -> None:
    with pytest.raises(LookupError, match=kind):
        row(vault, kind)


def test_what_is_listed_can(vault: Vault) -> None:
    assert row(vault, "number.connected")["type"] == "number.connected"


def test_every_kind_says_when_it_happens_and_what_it_carries() -> None:
    for name, kind in CATALOGUE.items():
        assert kind.about.endswith("."), name
        assert kind.facts.__doc__, name
        assert {field.encode_name for field in msgspec.structs.fields(kind.facts)} & {
            "messageId",
            "name",
            "source",
            "webhookId",
            "group",
            "callId",
            "chat",
        }, name
