"""What needs somebody's attention: what happened, since when, what to do about it, and where."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from messageapi.keys.find import Key
from messageapi.messages.tally.rows import Failing
from messageapi.numbers.number import Number
from messageapi.numbers.states import REASONS
from messageapi.panel.said import N_
from messageapi.web.codes.every import CODES
from messageapi.webhooks.endpoint import REASONS as ENDPOINT_REASONS
from messageapi.webhooks.endpoint import Endpoint

_A_WEEK = 7 * 86_400_000
_WORSE = {"bad": 0, "wait": 1}
_TRIED_AGAIN = N_("Nothing has been delivered since then. It is tried again for days; nothing is lost meanwhile.")
_IN_TIMELINE = N_("The timeline of each message says what happened.")
_KEY_ENDS = N_("Programs that use it are refused after that. Rotate it, and give them the new one before.")
_TROUBLED: dict[str, tuple[Literal["bad", "wait"], str]] = {
    "logged_out": ("bad", N_("%(name)s is logged out")),
    "banned": ("bad", N_("%(name)s is banned")),
    "replaced": ("bad", N_("%(name)s was taken over")),
    "limited": ("wait", N_("%(name)s is limited")),
    "degraded": ("wait", N_("%(name)s is quiet")),
    "reconnecting": ("wait", N_("%(name)s is reconnecting")),
    "passkey_required": ("wait", N_("%(name)s needs a passkey")),
}


class Line(NamedTuple):
    """`title` with its `facts` filled in; `address` is where something can be done, `button` says what."""

    tone: Literal["bad", "wait"]
    icon: str
    title: str
    facts: dict[str, str]
    sentence: str
    since: int
    address: str
    button: str


def lines(
    numbers: Sequence[Number], endpoints: Sequence[Endpoint], failing: Sequence[Failing], keys: Sequence[Key], now: int
) -> list[Line]:
    """The worst first."""
    found = [*_numbers(numbers), *_endpoints(endpoints), *_failures(failing), *_keys(keys, now)]
    return sorted(found, key=lambda line: (_WORSE[line.tone], -line.since))


def _numbers(numbers: Sequence[Number]) -> Iterator[Line]:
    for number in numbers:
        if trouble := _TROUBLED.get(number.state):
            tone, title = trouble
            sentence = number.reason or REASONS.get(number.reason_code or number.state, "")
            facts, address = {"name": number.name}, f"/numbers/{number.id}"
            yield Line(tone, "smartphone", title, facts, sentence, number.state_since, address, N_("Open number"))


def _endpoints(endpoints: Sequence[Endpoint]) -> Iterator[Line]:
    for each in endpoints:
        facts, address = {"name": each.description or each.id}, f"/webhooks/{each.id}"
        if each.state == "disabled":
            title, sentence = N_("The webhook %(name)s is disabled"), ENDPOINT_REASONS.get(each.reason_code or "", "")
            yield Line("bad", "webhook", title, facts, sentence, each.state_since, address, N_("Open endpoint"))
        elif each.state == "enabled" and each.failing_since:
            title = N_("The webhook %(name)s fails")
            yield Line("wait", "webhook", title, facts, _TRIED_AGAIN, each.failing_since, address, N_("See attempts"))


def _failures(failing: Sequence[Failing]) -> Iterator[Line]:
    for each in failing:
        about = CODES.get(each.code)
        why = about.title if about else each.code.replace("_", " ").capitalize()
        facts, sentence = {"count": f"{each.messages:,}", "why": why}, each.detail or _IN_TIMELINE
        title = N_("%(why)s: %(count)s not sent in the last 24 hours")
        address = "/messages?status=failed"
        yield Line("wait", "circle-alert", title, facts, sentence, each.latest, address, N_("Show messages"))


def _keys(keys: Sequence[Key], now: int) -> Iterator[Line]:
    for key in keys:
        if key.revoked_at is None and key.expires_at is not None and now < key.expires_at < now + _A_WEEK:
            title, facts = N_("The key %(name)s ends soon"), {"name": key.name}
            yield Line("wait", "key-round", title, facts, _KEY_ENDS, key.expires_at, f"/keys/{key.id}", N_("Open key"))
