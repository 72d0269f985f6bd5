"""What a page may ask of its visitor, as a pure table. Each route of the panel declares one in opt["permission"]."""

from typing import Literal, get_args

Permission = Literal["open", "viewer", "admin", "owner", "operator"]
"""`open`: anybody, signed in or not. `operator` is apart: it comes with no role, and no role brings it."""

PERMISSIONS: frozenset[str] = frozenset(get_args(Permission))

_BRINGS: dict[str, frozenset[str]] = {
    "viewer": frozenset({"viewer"}),
    "admin": frozenset({"viewer", "admin"}),
    "owner": frozenset({"viewer", "admin", "owner"}),
}


def may(role: str, permission: str, *, operator: bool = False) -> bool:
    """May somebody with this role open a page that asks for this permission?"""
    if permission == "open":
        return True
    if permission == "operator":
        return operator
    return permission in _BRINGS.get(role, frozenset())
