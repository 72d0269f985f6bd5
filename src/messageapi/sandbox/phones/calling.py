"""A phone calls somebody, and hangs up."""

import secrets
from typing import TYPE_CHECKING

from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Account
from messageapi.sandbox.server import calls

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone


def call(phone: "Phone", to: Account, *, video: bool) -> str:
    """Ring at all devices of `to`; the id of the call."""
    phone.demand_online()
    call_id = secrets.token_hex(16).upper()
    phone.calls.remember(call_id, to.number)
    calls.ring(phone.device, to, calls.offer(phone.account, call_id, video=video))
    return call_id


def hang_up(phone: "Phone", call_id: str) -> None:
    """Give up a call that rings. Raise SandboxError when this phone has made no such call."""
    phone.demand_online()
    number = phone.calls.pop(call_id, None)
    to = phone.network.accounts.get(number or "")
    if to is None:
        raise SandboxError("unknown_call", "This phone is not calling anybody under this id.", 404)
    calls.ring(phone.device, to, calls.terminate(phone.account, call_id, "timeout"))
