"""Signatures and secrets as the standard has them."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from messageapi.errors import Problem
from messageapi.webhooks import signing


def secret(size: int) -> str:
    return "whsec_" + base64.b64encode(bytes(range(size))).decode()


def test_the_standards_own_example_gets_the_standards_own_signature() -> None:
    body = b'{"test": 2432232314}'
    sent = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    assert sent["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(body=st.text().map(str.encode), size=st.integers(24, 64))
def test_whatever_is_signed_verifies_with_the_public_library(body: bytes, size: int) -> None:
    seconds = int(datetime.now(UTC).timestamp())
    sent = signing.headers("evt_1", seconds, body, [secret(size)])
    Webhook(secret(size)).verify(body, sent, json_parse=False)


def test_a_new_secret_is_valid_and_new() -> None:
    assert signing.valid_secret(signing.new_secret()) != signing.new_secret()


@pytest.mark.parametrize("size", [24, 32, 64])
def test_the_standards_sizes_are_taken_with_and_without_padding(size: int) -> None:
    assert signing.valid_secret(secret(size))
    assert signing.valid_secret(secret(size).rstrip("="))


@pytest.mark.parametrize("size", [0, 1, 23, 65, 100])
def test_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(Problem) as refused:
        signing.valid_secret(secret(size))
    assert refused.value.code == "webhook_secret_length"


@pytest.mark.parametrize("given_", ["secret", "whsec", "whsec_ä", "whsec_*", "whsec_abc", "WHSEC_" + "A" * 32])
def test_what_is_no_secret_is_refused(given_: str) -> None:
    with pytest.raises(Problem) as refused:
        signing.valid_secret(given_)
    assert refused.value.code in {"webhook_secret_invalid", "webhook_secret_length"}
