"""kill -9 at any moment: whoever repeats a request under its key gets the first answer, and nothing is sent twice."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from messageapi.accounts.keyring import AccountKeyring
from messageapi.messages.content.bodies import opened_body
from messageapi.store.db import Database
from messageapi.store.tables import bodies, idempotency
from messageapi.store.vault import Vault
from messageapi.vocab.content import Text

pytestmark = pytest.mark.slow

SENDER = Path(__file__).with_name("keyed_sender.py")
ROUNDS = 4
ENOUGH = 150

Answers = dict[int, tuple[str, str]]
"""By key: new or replayed, and the answer."""


async def answered_until_killed(*given: str) -> Answers:
    sender = await asyncio.create_subprocess_exec(sys.executable, str(SENDER), *given, stdout=PIPE)
    assert sender.stdout is not None
    answers: Answers = {}
    try:
        async with asyncio.timeout(60):
            while sum(how == "new" for how, _ in answers.values()) < ENOUGH:
                _note(answers, await sender.stdout.readline())
    finally:
        sender.kill()
    for line in (await sender.stdout.read()).splitlines(keepends=True):
        _note(answers, line)
    await sender.wait()
    return answers


def _note(answers: Answers, line: bytes) -> None:
    if not line.endswith(b"\n"):
        return  # cut off by the kill: nobody was answered
    number, how, body = line.decode().rstrip("\n").split(" ", 2)
    answers[int(number)] = how, body


async def test_a_repeated_request_gets_its_first_answer_and_sends_once(
    any_database: Database, any_url: str, vault: Vault, tmp_path: Path, alice: Any, number: str
) -> None:
    await any_database.close()
    first: dict[int, str] = {}
    for _ in range(ROUNDS):
        key = str(tmp_path / "secrets" / "master.key")
        answers = await answered_until_killed(any_url, key, alice.account_id)
        for place, (how, body) in answers.items():
            assert how == "replayed" or place not in first
            assert first.setdefault(place, body) == body
    database = await Database.open(any_url)
    try:
        texts, keys = await _stored(database, vault, alice.account_id)
    finally:
        await database.close()
    assert len(first) >= ENOUGH * ROUNDS
    assert {text: count for text, count in texts.items() if count > 1} == {}
    assert {f"message {place}" for place in first} <= set(texts)
    assert keys == len(texts)  # a key and its message, or neither


async def _stored(database: Database, vault: Vault, account_id: str) -> tuple[Counter[str], int]:
    sealer = await AccountKeyring(database, vault).sealer(account_id)
    texts: Counter[str] = Counter()
    async with database.reading() as tx:
        for row in await tx.rows(select(bodies.c.message_id, bodies.c.sealed)):
            content = opened_body(sealer, row.message_id, row.sealed).content
            assert isinstance(content, Text)
            texts[content.text] += 1
        kept = await tx.rows(select(idempotency.c.answer))
    ids = {msgspec.json.decode(row.answer)["id"] for row in kept}
    assert len(ids) == len(kept)
    return texts, len(kept)
