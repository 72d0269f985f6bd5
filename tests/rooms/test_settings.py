"""Settings are looked at before anybody uses them: addresses, and names that are none."""

import re
from pathlib import Path

import pytest

from messageapi.settings import Settings, SettingsError, load, strays


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


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("MESSAGEAPI_PROT", "MESSAGEAPI_PORT"),
        ("messageapi_port", "MESSAGEAPI_PORT"),
        ("MESSAGEAPI_DATABASE", "MESSAGEAPI_DATABASE_URL"),
        ("MESSAGEAPI_MASTER_KEY", "MESSAGEAPI_MASTER_KEY_FILE"),
        ("MESSAGEAPI_MAIL_URI_FILE", "MESSAGEAPI_MAIL_URL_FILE"),
        ("MESSAGEAPI_API_KEYS", "MESSAGEAPI_API_KEY"),
        ("MESSAGEAPI_SERVICE_HOST", None),
        ("MESSAGEAPI_", None),
    ],
)
def test_a_variable_that_is_no_setting_is_found_with_the_nearest_that_is(variable: str, meant: str | None) -> None:
    assert strays({variable: "1", "PATH": "/bin"}) == [(variable, meant)]


def test_no_setting_is_a_stray_nor_what_commands_read() -> None:
    names = [f"MESSAGEAPI_{name.upper()}" for name in Settings.__struct_fields__]
    beside = ["MESSAGEAPI_CONFIG", "MESSAGEAPI_SERVER", "MESSAGEAPI_ACCOUNT", "MESSAGEAPI_API_KEY_FILE"]
    assert strays(dict.fromkeys([*names, *beside, "MESSAGEAPI_MAIL_URL_FILE"], "")) == []


def test_a_stray_is_never_refused() -> None:
    assert load({"MESSAGEAPI_PROT": "9"}) == Settings()


def test_an_unknown_name_in_the_file_is_refused_with_the_nearest_that_is_known(tmp_path: Path) -> None:
    file = tmp_path / "messageapi.toml"
    file.write_text('prot = 8081\nattic = "x"\nMESSAGEAPI_DATA = "x"\nHost = "x"\n')
    meant = "Host (did you mean host?), MESSAGEAPI_DATA (did you mean data?), attic, prot (did you mean port?)."
    with pytest.raises(SettingsError, match=re.escape(f"Unknown setting: {meant}")):
        load({}, file)
