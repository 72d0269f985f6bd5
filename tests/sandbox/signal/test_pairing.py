"""Pairing by code and the device identity: both sides agree, and neither believes a stranger."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.sandbox.signal.adv import (
    AdvError,
    accept_device_identity,
    build_device_identity,
    check_device_identity,
)
from messageapi.sandbox.signal.keys import KeyPair
from messageapi.sandbox.signal.linkcode import (
    LinkCodeError,
    new_code,
    normalize,
    open_bundle,
    seal_bundle,
    unwrap_ephemeral,
    wrap_ephemeral,
)
from messageapi.sandbox.wire.protobuf import decode

PHONE, COMPANION, PHONE_EPHEMERAL, COMPANION_EPHEMERAL = (KeyPair.generate() for _ in range(4))
SECRET = bytes(range(32))


def test_both_sides_derive_one_secret_from_one_code() -> None:
    code = new_code()
    to_phone = unwrap_ephemeral(code, wrap_ephemeral(code, COMPANION_EPHEMERAL.public))
    to_companion = unwrap_ephemeral(code.lower(), wrap_ephemeral(f"{code[:4]}-{code[4:]}", PHONE_EPHEMERAL.public))
    finish = seal_bundle(COMPANION_EPHEMERAL, to_companion, COMPANION, PHONE.public)
    secret = open_bundle(finish.wrapped_bundle, PHONE_EPHEMERAL, to_phone, PHONE, COMPANION.public)
    assert secret == finish.adv_secret
    assert str(secret) not in repr(finish)


def test_a_wrong_code_is_noticed_at_the_bundle() -> None:
    to_phone = unwrap_ephemeral("AAAA-AAAB", wrap_ephemeral("AAAA-AAAA", COMPANION_EPHEMERAL.public))
    assert to_phone != COMPANION_EPHEMERAL.public
    finish = seal_bundle(COMPANION_EPHEMERAL, PHONE_EPHEMERAL.public, COMPANION, PHONE.public)
    with pytest.raises(LinkCodeError, match="another"):
        open_bundle(finish.wrapped_bundle, PHONE_EPHEMERAL, to_phone, PHONE, COMPANION.public)


def test_a_bundle_for_other_identities_is_refused() -> None:
    finish = seal_bundle(COMPANION_EPHEMERAL, PHONE_EPHEMERAL.public, COMPANION, PHONE.public)
    for phone, companion in ((PHONE, KeyPair.generate()), (KeyPair.generate(), COMPANION)):
        with pytest.raises(LinkCodeError, match="identity"):
            open_bundle(finish.wrapped_bundle, PHONE_EPHEMERAL, COMPANION_EPHEMERAL.public, phone, companion.public)


def test_a_pairing_recorded_from_another_implementation_opens(recorded: dict[str, Any]) -> None:
    known = recorded["link_code"]
    wrapped, bundle, companion = (bytes.fromhex(known[name]) for name in ("wrapped", "bundle", "companion_identity"))
    ephemeral, identity = (KeyPair.from_private(bytes.fromhex(known[n])) for n in ("phone_ephemeral", "phone_identity"))
    companion_ephemeral = unwrap_ephemeral(known["code"], wrapped)
    assert companion_ephemeral.hex() == known["companion_ephemeral"]
    assert open_bundle(bundle, ephemeral, companion_ephemeral, identity, companion).hex() == known["adv_secret"]


@pytest.mark.parametrize("code", ["", "ABCD", "ABCD-12345", "ABCD-123O", "ABCD-1230", "ABCD-123é"])
def test_what_is_no_code_is_refused_without_showing_it(code: str) -> None:
    with pytest.raises(LinkCodeError) as refusal:
        normalize(code)
    assert not code or code not in str(refusal.value)


@given(st.binary(max_size=160))
def test_no_bundle_raises_anything_else(data: bytes) -> None:
    with pytest.raises(LinkCodeError):
        open_bundle(data, PHONE_EPHEMERAL, COMPANION_EPHEMERAL.public, PHONE, COMPANION.public)


@pytest.mark.parametrize("size", [0, 79, 81])
def test_a_wrapped_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(LinkCodeError):
        unwrap_ephemeral("ABCD1234", bytes(size))


def test_phone_and_companion_vouch_for_each_other() -> None:
    sealed = build_device_identity(PHONE, COMPANION.public, SECRET, key_index=3, now=1_790_000_000)
    signed = accept_device_identity(sealed, COMPANION, SECRET)
    check_device_identity(signed, PHONE.public, COMPANION.public)
    details = decode(signed).message(1)
    assert (details.int(2), details.int(3)) == (1_790_000_000, 3)
    assert 2 not in decode(signed)


def test_a_companion_refuses_an_identity_sealed_with_another_secret() -> None:
    sealed = build_device_identity(PHONE, COMPANION.public, SECRET, key_index=1, now=1)
    with pytest.raises(AdvError, match="sealed"):
        accept_device_identity(sealed, COMPANION, bytes(32))
    with pytest.raises(AdvError, match="account signature"):
        accept_device_identity(sealed, KeyPair.generate(), SECRET)


def test_an_identity_of_another_account_or_device_is_refused() -> None:
    sealed = build_device_identity(PHONE, COMPANION.public, SECRET, key_index=1, now=1)
    signed = accept_device_identity(sealed, COMPANION, SECRET)
    stranger = KeyPair.generate().public
    for account, companion in ((stranger, COMPANION.public), (PHONE.public, stranger)):
        with pytest.raises(AdvError):
            check_device_identity(signed, account, companion)
    unsigned = decode(sealed).bytes(1)
    with pytest.raises(AdvError, match="device signature"):
        check_device_identity(unsigned, PHONE.public, COMPANION.public)


@given(st.binary(max_size=200))
def test_no_identity_raises_anything_else(data: bytes) -> None:
    with pytest.raises(AdvError):
        check_device_identity(data, PHONE.public, COMPANION.public)
    with pytest.raises(AdvError):
        accept_device_identity(data, COMPANION, SECRET)
