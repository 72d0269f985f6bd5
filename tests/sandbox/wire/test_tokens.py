"""The dictionary comes from the user's own neonize, and this process never loads that library for it."""

from pathlib import Path

import pytest

from messageapi.sandbox.wire.tokens import Tokens, TokensError, load_tokens


def test_the_dictionary_is_version_three(tokens: Tokens) -> None:
    assert tokens.single[:5] == ("", "xmlstreamstart", "xmlstreamend", "s.whatsapp.net", "type")
    assert [table[0] for table in tokens.double] == ["read-self", "reject", "64", "1724"]
    assert len(tokens.codes) == len({*tokens.single[1:], *(word for table in tokens.double for word in table)})


def test_no_word_is_lost_or_twice(tokens: Tokens) -> None:
    assert len(tokens.codes) == 235 + 4 * 256
    assert tokens.by_tag[3] == "s.whatsapp.net"
    assert tokens.codes["reject"] == bytes((237, 0))
    assert tokens.by_tag[0] is None
    assert set(tokens.by_tag[236:]) == {None}


def test_this_process_has_not_loaded_the_library(tokens: Tokens) -> None:
    assert "neonize" not in Path("/proc/self/maps").read_text()


def test_the_cache_is_private_and_read_again(tokens: Tokens, token_cache: Path) -> None:
    [cache] = token_cache.iterdir()
    assert cache.stat().st_mode & 0o777 == 0o600
    before = cache.stat().st_mtime_ns
    assert load_tokens(token_cache) == tokens
    assert cache.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"single": 1, "double": 2}', b"\xff", b'{"single": [], "double": []}']
)
def test_a_damaged_cache_is_made_anew(tokens: Tokens, token_cache: Path, tmp_path: Path, content: bytes) -> None:
    [cache] = token_cache.iterdir()
    (tmp_path / cache.name).write_bytes(content)
    assert load_tokens(tmp_path) == tokens
    assert (tmp_path / cache.name).read_bytes() == cache.read_bytes()


def test_a_missing_neonize_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(TokensError, match="neonize is not installed"):
        load_tokens(tmp_path)


def test_a_cache_folder_that_cannot_be_used_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(TokensError, match=r"cannot be (read|kept)"):
        load_tokens(tmp_path / "file")
