"""Changing the account's list of those who opted out, and the words that do."""

from messageapi.contacts import find, rows, words
from messageapi.contacts.optouts import Word, opt_in, opt_out
from messageapi.contacts.person import Person
from messageapi.contacts.schemas import WordsRequest, WordsView
from messageapi.contacts.written import person
from messageapi.errors import Problem
from messageapi.store.db import Tx
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def add(doors: Doors, caller: Caller, recipient: str) -> None:
    """Nothing happens when the person is on the list already. Raise Problem recipient_..."""
    word = await _word(doors, caller, recipient)
    await doors.db.writer.run(lambda tx: opt_out(tx, word, doors.clock(), doors.settings.body_hours))


async def take_off(doors: Doors, caller: Caller, recipient: str) -> None:
    """Raise Problem opt_out_not_found, recipient_..."""
    word = await _word(doors, caller, recipient)
    if not await doors.db.writer.run(lambda tx: opt_in(tx, word, doors.clock(), doors.settings.body_hours)):
        raise Problem("opt_out_not_found", 404, "This person is not on the list of those who opted out.")


async def set_words(doors: Doors, caller: Caller, wished: WordsRequest) -> WordsView:
    """Raise Problem words_invalid."""
    stop, start = _plain(wished.stop), _plain(wished.start)
    if both := set(stop) & set(start):
        raise Problem("words_invalid", 422, f"One word cannot opt out and in: {min(both)}. Take it from one list.")

    async def work(tx: Tx) -> WordsView:
        await rows.save_words(tx, caller.account_id, stop, start)
        tx.after_commit(lambda: words.forget(caller.account_id))
        return await find.words(tx, caller)

    return await doors.db.writer.run(work)


async def reset_words(doors: Doors, caller: Caller) -> None:
    """Everybody's count again."""

    async def work(tx: Tx) -> None:
        await rows.drop_words(tx, caller.account_id)
        tx.after_commit(lambda: words.forget(caller.account_id))

    await doors.db.writer.run(work)


def _plain(given: list[str]) -> list[str]:
    plain = [words.plain(each) for each in given]
    if not all(plain):
        raise Problem("words_invalid", 422, "A word needs at least one letter or digit. Correct the list.")
    return sorted(set(plain))


async def _word(doors: Doors, caller: Caller, recipient: str) -> Word:
    to = await person(doors, caller, recipient)
    who = Person(caller.account_id, to.phone, to.lid)
    return Word(person=who, sealer=await doors.keyring.sealer(caller.account_id))
