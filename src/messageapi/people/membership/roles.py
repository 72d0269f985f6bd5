"""Who may give which role. Owners do everything; admins all but what concerns owners; viewers read."""

from typing import Literal, get_args

Role = Literal["owner", "admin", "viewer"]
ROLES: tuple[Role, ...] = get_args(Role)
GIVES: dict[str, frozenset[str]] = {
    "owner": frozenset(ROLES),
    "admin": frozenset({"admin", "viewer"}),
    "viewer": frozenset(),
}


def may_give(actor: str, role: str) -> bool:
    """And take away from who has it."""
    return role in GIVES[actor]
