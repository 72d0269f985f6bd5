"""The address line of a request: credentials are cut out of it before anything can write it down, malformed ones are
refused.
"""

from typing import Literal
from urllib.parse import parse_qsl, unquote_plus

from messageapi.errors import Problem
from messageapi.web.visit import ScopeDict, Visit

CREDENTIAL_NAMES = frozenset({"apikey", "api_key", "api-key", "x-api-key", "x_api_key", "access_token"})
LONGEST_PATH = 1_000
MOST_PARAMETERS = 50


def cut_keys(scope: ScopeDict, visit: Visit) -> None:
    """Move credentials from the query string to the visit. Changed in place: whoever logs this scope sees no key."""
    raw: bytes = scope.get("query_string", b"")
    if not raw:
        return
    kept = []
    for part in raw.decode("latin-1").split("&"):
        name, _, value = part.partition("=")
        if unquote_plus(name).strip().lower() in CREDENTIAL_NAMES:
            visit.key_in_query.append(unquote_plus(value))
        else:
            kept.append(part)
    if visit.key_in_query:
        scope["query_string"] = "&".join(kept).encode("latin-1")


def malformed(scope: ScopeDict) -> Problem | None:
    """Paths no route can have: broken UTF-8, control characters, endless."""
    path: str = scope["path"]
    if len(path) > LONGEST_PATH:
        return Problem("path_too_long", 414, "The path is too long. Send long values in the body of a POST request.")
    if path.isascii() and path.isprintable():
        return None
    if "\ufffd" in path or not path.isprintable():
        return Problem("path_malformed", 400, "The path is not valid UTF-8 text. Percent-encode it as UTF-8.")
    return None


def parameters(query: bytes) -> list[tuple[str, str]]:
    """The pairs of a query string or form body. Raise Problem for broken UTF-8 and floods."""
    try:
        return parse_qsl(query.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except UnicodeError:
        raise Problem(
            "encoding_invalid", 400, "A parameter is not valid UTF-8 text. Percent-encode it as UTF-8."
        ) from None
    except ValueError:
        raise Problem(
            "too_many_parameters", 400, f"More than {MOST_PARAMETERS} parameters were sent. Send fewer."
        ) from None


def refuse_strays(pairs: list[tuple[str, str]], known: frozenset[str]) -> None:
    """Unknown and repeated parameters are refused: which of two values counts must never be a guess."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name not in known:
            raise unknown(name, "parameter")
        if name in seen:
            raise Problem("repeated_parameter", 400, f"The parameter `{name}` was sent more than once. Send it once.")
        seen.add(name)


def unknown(name: str, kind: Literal["field", "parameter"]) -> Problem:
    """A field or parameter nobody asked for."""
    code = "unknown_field" if kind == "field" else "unknown_parameter"
    return Problem(code, 400, f"`{name[:60]}` is not a {kind} of this call. Remove it, or check its spelling.")
