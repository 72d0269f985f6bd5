"""Addresses in the settings are looked at before anybody connects to them."""

import pytest

from messageapi.settings import SettingsError, load


@pytest.mark.parametrize("given", ["https://messages.example.com", "http://192.0.2.1:8080/", "http://[::1]:8080", ""])
def test_an_address_of_the_product_is_taken(given: str) -> None:
    assert load({"MESSAGEAPI_PUBLIC_URL": given}).public_url == given


@pytest.mark.parametrize("given", ["abc", "example.com", "ftp://example.com", "https://", "http://h:port", "http://["])
def test_a_malformed_address_of_the_product_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(SettingsError, match=r"public_url is an address such as https://"):
        load({"MESSAGEAPI_PUBLIC_URL": given})


@pytest.mark.parametrize("given", ["foo", "http://127.0.0.1:4222", "token-of-mine@127.0.0.1:4222"])
def test_a_malformed_address_of_the_bus_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(SettingsError, match=r"nats_url is an address such as nats://") as told:
        load({"MESSAGEAPI_NATS_URL": given})
    assert "token-of-mine" not in str(told.value)
