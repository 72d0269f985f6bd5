"""What needs somebody's attention: what happened, since when, what to do about it, and where."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from messageapi.keys.find import Key
from messageapi.messages.tally.rows import Failing
from messageapi.numbers.number import Number
from messageapi.numbers.states import REASONS
from messageapi.web.codes import CODES
from messageapi.webhooks.endpoint import REASONS as ENDPOINT_REASONS
from messageapi.webhooks.endpoint import Endpoint

_A_WEEK = 7 * 86_400_000
_WORSE = {"bad": 0, "wait": 1}
_TROUBLED: dict[str, Literal["bad", "wait"]] = {
    "logged_out": "bad",
    "banned": "bad",
    "replaced": "bad",
    "limited": "wait",
    "degraded": "wait",
    "reconnecting": "wait",
    "passkey_required": "wait",
}


class Line(NamedTuple):
    """`address` is where something can be done; `button` says what."""

    tone: Literal["bad", "wait"]
    icon: str
    title: str
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
        if tone := _TROUBLED.get(number.state):
            sentence = number.reason or REASONS.get(number.reason_code or number.state, "")
            title = f"{number.name} is {number.state.replace('_', ' ')}"
            yield Line(tone, "smartphone", title, sentence, number.state_since, f"/numbers/{number.id}", "Open number")


def _endpoints(endpoints: Sequence[Endpoint]) -> Iterator[Line]:
    for endpoint in endpoints:
        address = f"/webhooks/{endpoint.id}"
        name = endpoint.description or "A webhook endpoint"
        if endpoint.state == "disabled":
            sentence = ENDPOINT_REASONS.get(endpoint.reason_code or "", "Repair the receiver, then resume it.")
            yield Line(
                "bad", "webhook", f"{name} is disabled", sentence, endpoint.state_since, address, "Open endpoint"
            )
        elif endpoint.state == "enabled" and endpoint.failing_since:
            sentence = "Nothing has been delivered since then. It is tried again for days; nothing is lost meanwhile."
            yield Line("wait", "webhook", f"{name} fails", sentence, endpoint.failing_since, address, "See attempts")


def _failures(failing: Sequence[Failing]) -> Iterator[Line]:
    for each in failing:
        many = f"{each.messages:,} messages were" if each.messages > 1 else "A message was"
        about = CODES.get(each.code)
        sentence = about.sentence if about else "The timeline of each says what happened."
        title = f"{many} not sent: {about.title.lower() if about else each.code.replace('_', ' ')}"
        yield Line("wait", "circle-alert", title, sentence, each.latest, "/messages?status=failed", "Show messages")


def _keys(keys: Sequence[Key], now: int) -> Iterator[Line]:
    for key in keys:
        if key.revoked_at is None and key.expires_at is not None and now < key.expires_at < now + _A_WEEK:
            sentence = "Programs that use it are refused after that. Create another key and give it to them before."
            yield Line(
                "wait", "key-round", f"The key {key.name} expires soon", sentence, key.expires_at, "/keys", "Keys"
            )
