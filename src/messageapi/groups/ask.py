"""Asking WhatsApp about a group, through the host that holds the number."""

from typing import TypeVar

from messageapi.engines.port import Answer, Refused
from messageapi.errors import Problem
from messageapi.numbers.asking.ask import Made, no_answer, not_connected, put
from messageapi.vocab.caller import Caller
from messageapi.vocab.jid import GROUP_SERVER
from messageapi.web.doors import Doors

A = TypeVar("A", bound=Answer)

DEADLINE_S = 24.0
"""A host gives WhatsApp twenty seconds."""

PAUSE_S = 60
_REFUSALS: dict[str, tuple[int, str]] = {
    "group_not_found": (404, "WhatsApp has no group with this address. GET .../groups lists those the number is in."),
    "not_in_group": (409, "The number is not in this group. Let an admin add it, or join by an invitation."),
    "group_not_permitted": (403, "Only an admin of the group may do this. Let one make this number an admin."),
    "group_not_acceptable": (
        422,
        "WhatsApp does not take this for a group. Shorten the texts, or name fewer people.",
    ),
    "invite_gone": (410, "This invitation does not hold any more. Ask an admin of the group for the new link."),
    "invite_invalid": (422, "This is no invitation to a group. Give the whole link."),
}


async def ask(doors: Doors, caller: Caller, number_id: str, made: Made, kind: type[A]) -> A:
    """Raise Problem number_not_found, number_not_connected, whatsapp_no_answer, whatsapp_rate_limited or one of the
    refusals above.
    """
    answer = await put(doors, caller, number_id, made, DEADLINE_S)
    if isinstance(answer, kind):
        return answer
    raise _problem(answer.code if isinstance(answer, Refused) else "no_answer")


def _problem(code: str) -> Problem:
    if code in _REFUSALS:
        status, sentence = _REFUSALS[code]
        return Problem(code, status, sentence)
    if code == "whatsapp_rate_limited":
        sentence = f"WhatsApp wants this number to ask less often. Go on after {PAUSE_S} seconds."
        return Problem("whatsapp_rate_limited", 429, sentence, retry_after=PAUSE_S)
    return not_connected() if code == "not_connected" else no_answer()


def address(group: str) -> str:
    """As WhatsApp has it; its digits alone are enough. Raise Problem group_malformed."""
    user, _, server = group.partition("@")
    digits = user.replace("-", "", 1)
    if server not in ("", GROUP_SERVER) or not (digits.isascii() and digits.isdigit() and len(user) <= 40):
        raise Problem("group_malformed", 422, "A group's address looks like 120363041234567890@g.us. Correct it.")
    return f"{user}@{GROUP_SERVER}"
