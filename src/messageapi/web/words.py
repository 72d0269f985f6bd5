"""Validation failures in plain words. msgspec says what it expected and where; people read which field to change and
how.
"""

import re

from messageapi.errors import Problem
from messageapi.web.address import unknown

_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`")
_MISSING = re.compile(r"missing required field `(?P<name>[^`]*)`")
_TYPES = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<given>[^`]+)`")
_LENGTH = re.compile(r"of length (?P<sign><=|>=|==) (?P<bound>\d+)")
_BOUND = re.compile(r"Expected `(?:int|float)` (?P<sign><=|>=|<|>) (?P<bound>-?[\d.]+)")
_LACKING = re.compile(r"Missing required (?P<kind>\w+) parameter '(?P<name>[^']+)'")

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "datetime": "a time such as 2026-11-22T12:56:00Z",
}
_SIGNS = {"<=": "at most", ">=": "at least", "==": "exactly", "<": "less than", ">": "more than"}


def body_problem(text: str) -> Problem:
    """From the text of a msgspec.ValidationError over the body."""
    where = _WHERE.match(text)
    what, path = (where["what"], (where["path"] or "").lstrip(".")) if where else (text, "")
    if stray := _UNKNOWN.search(what):
        return unknown(_joined(path, stray["name"]), "field")
    if lacking := _MISSING.search(what):
        return Problem("field_missing", 422, f"`{_joined(path, lacking['name'])}` is missing. Add it to the body.")
    return Problem("field_invalid", 422, _sentence(f"`{path}`" if path else "The body", what))


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _sentence(subject: str, what: str) -> str:
    if types := _TYPES.search(what):
        return f"{subject} must be {_kinds(types['wanted'])}, not {_kinds(types['given'])}. Change it."
    if length := _LENGTH.search(what):
        unit = "entries" if "array" in what else "characters"
        return f"{subject} must have {_SIGNS[length['sign']]} {length['bound']} {unit}. Change its length."
    if bound := _BOUND.search(what):
        return f"{subject} must be {_SIGNS[bound['sign']]} {bound['bound']}. Change it."
    if "RFC3339" in what:
        return f"{subject} must be {_KINDS['datetime']}. Change it."
    if what.startswith(("Invalid enum value", "Invalid value")):
        return f"{subject} is not one of the allowed values. They are listed under /docs/api."
    return f"{subject} has a value of the wrong form. The expected form is shown under /docs/api."


def _kinds(names: str) -> str:
    return " or ".join(_KINDS.get(name.strip(), name.strip()) for name in names.split("|"))


def parameter_problem(detail: str, extra: object) -> Problem:
    """From Litestar's refusal of path or query values. `detail` quotes the address, so only a name is taken from it."""
    if lacking := _LACKING.search(detail):
        return Problem(
            "parameter_missing", 422, f"The {lacking['kind']} parameter `{lacking['name']}` is missing. Add it."
        )
    first = extra[0] if isinstance(extra, list) and extra and isinstance(extra[0], dict) else {}
    name, what = str(first.get("key", "")), str(first.get("message", ""))
    if name == "data":
        return Problem("body_missing", 400, "This call needs a JSON body. Send one, as shown under /docs/api.")
    subject = f"The parameter `{name}`" if name else "A parameter"
    return Problem("parameter_invalid", 422, _sentence(subject, what))
