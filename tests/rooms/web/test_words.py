"""Validation failures in plain words: each names the field by its path and says what to change."""

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from messageapi.web.words import body_problem, parameter_problem


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    deep: int


class Body(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=5)]
    count: Annotated[int, Meta(ge=0, le=30)] = 0
    kind: Literal["a", "b"] = "a"
    tags: Annotated[list[str], Meta(max_length=2)] = []
    inner: Inner | None = None


CASES = [
    ({}, 422, "field_missing", "`text` is missing."),
    ({"text": 7}, 422, "field_invalid", "`text` must be text, not a whole number."),
    ({"text": None}, 422, "field_invalid", "`text` must be text, not null."),
    ({"text": ""}, 422, "field_invalid", "`text` must have at least 1 characters."),
    ({"text": "longer"}, 422, "field_invalid", "`text` must have at most 5 characters."),
    ({"text": "x", "count": 31}, 422, "field_invalid", "`count` must be at most 30."),
    ({"text": "x", "count": "3"}, 422, "field_invalid", "`count` must be a whole number, not text."),
    ({"text": "x", "count": True}, 422, "field_invalid", "`count` must be a whole number, not true or false."),
    ({"text": "x", "kind": "c"}, 422, "field_invalid", "`kind` is not one of the allowed values."),
    ({"text": "x", "tags": ["a", "b", "c"]}, 422, "field_invalid", "`tags` must have at most 2 entries."),
    ({"text": "x", "tags": ["a", 2]}, 422, "field_invalid", "`tags[1]` must be text, not a whole number."),
    ({"text": "x", "inner": {}}, 422, "field_missing", "`inner.deep` is missing."),
    ({"text": "x", "inner": {"deep": 1, "new": 1}}, 400, "unknown_field", "`inner.new` is not a field of this call."),
    ({"text": "x", "more": 1}, 400, "unknown_field", "`more` is not a field of this call."),
    ([], 422, "field_invalid", "The body must be an object, not a list."),
]


@pytest.mark.parametrize(("body", "status", "code", "words"), CASES)
def test_a_refused_body_names_the_field(body: object, status: int, code: str, words: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(msgspec.json.encode(body), type=Body)
    problem = body_problem(str(refused.value))
    assert (problem.code, problem.status) == (code, status)
    assert problem.message.startswith(words)


def test_a_missing_parameter_is_named_and_the_address_is_not_quoted() -> None:
    problem = parameter_problem("Missing required query parameter 'text' for path /send.php?recipient=4915", None)
    assert problem.message == "The query parameter `text` is missing. Add it."
    assert problem.code == "parameter_missing"
