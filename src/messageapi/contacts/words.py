"""Words with which people opt out and in again, and the wish of a text: the whole text must be one of them."""

import unicodedata
from typing import Literal

import msgspec

from messageapi.contacts import rows
from messageapi.store.db import Tx
from messageapi.vocab.recent import Recent

Wish = Literal["stop", "start"]

LONGEST = 40
REMEMBERED = 50_000
STALE_MS = 60_000
"""For so long other processes may not know of changed words."""

_AROUND = " \t\r\n.,;!?\"'`*_~()[]-\u2018\u2019\u201c\u201d\u3002\uff01"

STOP = (
    *("stop", "stop all", "stopall", "unsubscribe", "opt out", "optout", "opt-out"),
    *("stopp", "abmelden", "abbestellen", "austragen"),  # de
    *("arrêt", "arret", "arrêter", "stop pub", "désabonner", "désinscrire"),  # fr
    *("baja", "darme de baja", "no molestar"),  # es
    *("sair", "descadastrar", "parar"),  # pt
    *("cancellami", "disiscrivimi", "basta"),  # it
    *("afmelden", "uitschrijven"),  # nl
    *("wypisz", "rezygnuję"),  # pl
    *("стоп", "отписаться"),  # ru
    *("відписатися",),  # uk
    *("dur", "abonelikten çık"),  # tr  # noqa: RUF001 - its own letter
    *("berhenti", "berhenti langganan"),  # id
    *("توقف", "إيقاف", "ايقاف"),  # ar
    *("הסר",),  # he
    *("रुकें", "बंद करें"),  # hi
    *("退订", "停止", "配信停止"),  # zh, ja
)
START = (
    *("start", "unstop", "subscribe", "opt in", "optin", "opt-in"),
    *("anmelden", "starten"),  # de
    *("réabonner", "reprendre"),  # fr
    *("alta", "reanudar"),  # es
    *("voltar", "retomar"),  # pt
    *("riprendi", "aanmelden", "wznów"),  # it, nl, pl
    *("старт", "подписаться"),  # ru
    *("başla", "mulai"),  # tr, id
    *("ابدأ", "ابدا"),  # ar
    *("शुरू करें", "订阅", "开始", "再開"),  # hi, zh, ja
)
"""Words that are also ordinary answers (yes, no, cancel, end) are left out on purpose."""


def plain(text: str) -> str:
    """Without what stands around it, in one case: `  STOP! ` is `stop`."""
    return unicodedata.normalize("NFKC", text).casefold().strip(_AROUND)


class Words(msgspec.Struct, frozen=True):
    """Of one account, plain."""

    stop: frozenset[str]
    start: frozenset[str]
    read_at: int = 0

    def wish(self, text: str) -> Wish | None:
        said = plain(text)
        if said in self.stop:
            return "stop"
        return "start" if said in self.start else None


EVERYBODYS = Words(frozenset(map(plain, STOP)), frozenset(map(plain, START)))

_known: Recent[str, Words] = Recent(REMEMBERED)


async def words_of(tx: Tx, account_id: str, now: int) -> Words:
    """From memory nearly always."""
    known = _known.get(account_id)
    if known is not None and 0 <= now - known.read_at < STALE_MS:
        return known
    own = await rows.own_words(tx, account_id)
    words = EVERYBODYS if own is None else Words(frozenset(own[0]), frozenset(own[1]))
    found = msgspec.structs.replace(words, read_at=now)
    tx.after_commit(lambda: _known.keep(account_id, found))  # there is one thread that changes the memory
    return found


def forget(account_id: str) -> None:
    """Its words have just changed."""
    _known.keep(account_id, msgspec.structs.replace(EVERYBODYS, read_at=-STALE_MS))
