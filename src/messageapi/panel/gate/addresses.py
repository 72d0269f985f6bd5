"""Where a visitor may be sent: places of our own, never somebody else's."""

from urllib.parse import quote, unquote

from messageapi.vocab.urls import parts_of

LONGEST = 500
HOME = "/home"


def local(given: str | None, otherwise: str = HOME) -> str:
    r"""`given` when it is a path on this server, as in ?next=; else `otherwise`.

    Browsers read `//host`, `///host`, `/\host` and a tab between two slashes as another server.
    """
    if not given or len(given) > LONGEST or not given.isascii() or not given.isprintable():
        return otherwise
    parts = parts_of(given)
    plain = parts.path.startswith("/") and not given.startswith("//") and not parts.scheme
    return given if plain and not _leads_away(unquote(parts.path)) else otherwise


def _leads_away(path: str) -> bool:
    return path.startswith("//") or "\\" in path or not path.isprintable()


def with_next(path: str, target: str) -> str:
    """`/login?next=/keys`; a target that is Home goes without."""
    return path if local(target) == HOME else f"{path}?next={quote(local(target), safe='/')}"
