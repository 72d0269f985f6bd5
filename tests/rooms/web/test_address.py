"""The address line: credentials leave it before anything can write it down; strays are refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.errors import Problem
from messageapi.web.address import cut_keys, malformed, parameters, refuse_strays
from messageapi.web.visit import Visit

SPELLINGS = ["apikey", "APIKEY", "ApiKey", "%61pikey", "apike%79", "api_key", "x-api-key", "%20apikey", "access_token"]


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("frame", ["{}", "a=1&{}", "{}&b=2", "a=1&{}&b=2"])
def test_a_key_is_cut_out_however_it_is_spelled(name: str, frame: str) -> None:
    scope = {"query_string": frame.format(f"{name}=canary%2B1").encode()}
    visit = Visit("req_1")
    cut_keys(scope, visit)
    assert visit.key_in_query == ["canary+1"]
    assert b"canary" not in scope["query_string"]
    assert b"".join(scope["query_string"].split(b"&")) in {b"", b"a=1", b"b=2", b"a=1b=2"}


@given(st.binary(max_size=200))
def test_any_bytes_in_a_query_are_read_or_refused_and_never_fail(query: bytes) -> None:
    cut_keys({"query_string": query}, Visit("req_1"))
    with suppress(Problem):
        refuse_strays(parameters(query), frozenset({"a"}))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (b"a=1&a=1", "repeated_parameter"),
        (b"a=1&A=1", "unknown_parameter"),
        (b"a=1&=", "unknown_parameter"),
        (b"a=%ff", "encoding_invalid"),
        (b"a=\xff", "encoding_invalid"),
        (b"image=x", "unknown_parameter"),
        (b"&".join(b"a%d=1" % each for each in range(60)), "too_many_parameters"),
    ],
)
def test_strays_are_refused_with_their_own_code(query: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        refuse_strays(parameters(query), frozenset({"a"}))
    assert refused.value.code == code


@pytest.mark.parametrize("path", ["/a\x00b", "/a\nb", "/\ufffd", "/a\x7f", "/" + "a" * 1_001])
def test_paths_no_route_can_have_are_refused(path: str) -> None:
    assert malformed({"path": path}) is not None


@pytest.mark.parametrize("path", ["/", "/api/v1/keys", "/größe", "/a b"])
def test_ordinary_paths_pass(path: str) -> None:
    assert malformed({"path": path}) is None
