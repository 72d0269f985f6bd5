"""Which passwords are taken, and how they are hashed."""

import pytest

from messageapi.errors import Problem
from messageapi.people import password as passwords
from messageapi.people.password import check_password, hashed, matches, outdated

GOOD = "correct horse battery"


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "x7Kq9!vR",
        "пароль на русском",
        "密码密码很长的句子呢",
        "🐎🔋📎🐎🔋📎✅🚀",
        "a b c d e",
        "ab" * 511 + "c!",
    ],
)
def test_a_long_or_a_strange_one_is_taken(password: str) -> None:
    check_password(password, "Alice", "alice@example.com")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_length"),
        ("1234567", "password_length"),
        ("x" * 1_025, "password_length"),
        ("password", "password_common"),
        ("PassWord1", "password_common"),
        ("12345678", "password_common"),
        ("qwertyuiop", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("abababababab", "password_common"),
        ("alice@example.com", "password_common"),
        ("alicewonder", "password_common"),
        ("ALICEWONDER", "password_common"),
    ],
)
def test_what_attackers_try_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(Problem) as told:
        check_password(password, "Alicewonder Smith", "alice@example.com")
    assert told.value.code == code


async def test_a_hash_is_argon2id_with_19_mib_two_passes_and_one_lane() -> None:
    made = await hashed(GOOD)
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert made != await hashed(GOOD)
    assert not outdated(made)
    assert await matches(GOOD, made)
    assert not await matches(GOOD + " ", made)
    assert not await matches(GOOD.capitalize(), made)


@pytest.mark.parametrize("password", ["", "x" * 10_000_000, "\ud800", "a\x00b"])
async def test_nothing_that_is_sent_makes_the_check_fail(password: str) -> None:
    assert not await matches(password, await hashed(GOOD))
    assert not await matches(password, None)
    assert not await matches(password, "no hash at all")


async def test_longer_passwords_are_not_cut_to_one_that_matches() -> None:
    longest = "ab!" * 341 + "x"
    assert not await matches(longest + "y", await hashed(longest))


async def test_nobodys_password_matches_nothing() -> None:
    assert not await matches("nobody", None)


async def test_too_many_at_once_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_waiting", {object() for _ in range(passwords.MOST_WAITING)})
    with pytest.raises(Problem) as told:
        await hashed(GOOD)
    assert (told.value.code, told.value.status) == ("logins_busy", 503)
