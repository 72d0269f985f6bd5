"""Accounts, keys and numbers of a running server: through the operator's door and with an API key."""

import json
import os
from typing import Any

import pytest

from messageapi.cli.client import LARGEST_PAGE

pytestmark = pytest.mark.slow

Served = Any  # the fixture's NamedTuple: conftest is not importable by name


@pytest.fixture(scope="module")
def account(server: Served) -> str:
    made = server.run("account", "create", "--name", "Alice", "--email", "alice@example.com", "--json")
    return str(made.document["id"])


def created(server: Served, account: str, *options: str) -> dict[str, Any]:
    made: dict[str, Any] = server.run(
        "key", "create", "--account", account, "--name", "shop", "--json", *options
    ).document
    return made


def test_the_server_announces_its_address_a_key_and_a_line_to_paste(server: Served) -> None:
    assert server.announced["address"].startswith("http://127.0.0.1:")
    assert server.announced["key"].startswith("msg_")
    assert server.announced["key"] in server.announced["curl"]


def test_status_names_the_parts_and_the_numbers(server: Served, account: str) -> None:
    server.run("number", "create", "idle", "--account", account)
    said = server.run("status", "--json")
    assert (said.code, said.document["status"], said.document["database"]) == (0, "ready", "ok")
    assert "idle" in [one["name"] for one in said.document["numbers"]]


def test_accounts_are_listed(server: Served, account: str) -> None:
    listed = server.run("account", "list", "--json").document["items"]
    assert [one["email"] for one in listed if one["id"] in {account, server.announced["account"]}] == [
        "operator@localhost",
        "alice@example.com",
    ]
    assert account in server.run("account", "list").out


def test_the_operator_is_no_operator_elsewhere(server: Served) -> None:
    said = server.run("account", "list", "--server", "http://127.0.0.1:9", "--json")
    assert (said.code, said.document["error"]["code"]) == (4, "no_operator_door")
    assert "127.0.0.1:9 is not the server of the data folder" in said.err
    assert server.run("account", "list", "--server", str(server.announced["address"])).code == 0


def test_the_same_address_twice_is_refused(server: Served, account: str) -> None:
    said = server.run("account", "create", "--name", "Alice", "--email", "ALICE@example.com", "--json")
    assert (said.code, said.document["error"]["code"]) == (5, "account_exists")


def test_with_several_accounts_the_oldest_is_meant_and_that_is_said(server: Served, account: str) -> None:
    said = server.run("number", "list", "--json")
    assert (said.code, said.document) == (0, {"items": []})
    assert server.announced["account"] in said.err


def test_whose_key_it_is_is_never_guessed(server: Served, account: str) -> None:
    said = server.run("key", "create", "--name", "whose")
    assert said.code == 2
    assert "--account" in said.err


def test_an_unknown_account_is_refused(server: Served) -> None:
    said = server.run("key", "create", "--account", "acc_nobody", "--name", "x", "--json")
    assert (said.code, said.document["error"]["code"]) == (5, "account_unknown")


def test_a_key_is_printed_once_and_works_until_it_is_revoked(server: Served, account: str) -> None:
    key = created(server, account)
    assert set(key) == {"id", "key"}
    with_key = {"MESSAGEAPI_API_KEY": key["key"]}
    assert server.run("number", "list", "--json", **with_key).code == 0
    assert key["key"] not in server.run("key", "list", "--account", account).out
    assert server.run("key", "revoke", key["id"], "--account", account).code == 0
    said = server.run("number", "list", "--json", **with_key)
    assert (said.code, said.document["error"]["code"]) == (5, "key_revoked")


def test_a_key_may_come_from_a_file(server: Served, account: str) -> None:
    path = server.data.parent / "key"
    path.write_text(created(server, account)["key"] + "\n")
    assert server.run("number", "list", "--key-file", str(path)).code == 0


def test_a_key_for_links_is_marked_as_such(server: Served, account: str) -> None:
    made = created(server, account, "--link", "--scopes", "messages:send")
    listed = server.run("key", "list", "--account", account, "--json").document["items"]
    (one,) = [key for key in listed if key["id"] == made["id"]]
    assert (one["inLink"], one["scopes"]) == (True, ["messages:send"])


@pytest.fixture(scope="module")
def with_tills(server: Served) -> str:
    """An account for keys that are for numbers."""
    made = server.run("account", "create", "--name", "Tills", "--email", "tills@example.com", "--json")
    return str(made.document["id"])


def test_a_key_is_for_numbers_by_their_names(server: Served, with_tills: str) -> None:
    account = with_tills
    on = ("--account", account, "--json")
    made = [server.run("number", "create", name, *on).document["id"] for name in ("till one", "till two")]
    key = created(server, account, "--number", "till one", "--number", made[1])
    listed = server.run("key", "list", *on).document["items"]
    assert [one["numbers"] for one in listed if one["id"] == key["id"]] == [made]
    said = server.run("key", "create", "--name", "x", "--number", "attic", *on)
    assert (said.code, said.document["error"]["code"]) == (5, "number_not_found")


def test_a_key_that_sees_no_numbers_makes_keys_for_them_by_their_ids(server: Served, with_tills: str) -> None:
    account = with_tills
    made = server.run("number", "create", "counter", "--account", account, "--json").document["id"]
    scopes = "keys:manage messages:send"
    by = {"MESSAGEAPI_API_KEY": created(server, account, "--scopes", scopes)["key"]}
    options = ("--name", "x", "--scopes", "messages:send", "--json")
    assert server.run("key", "create", "--number", made, *options, **by).code == 0
    assert (
        server.run("key", "create", "--number", "counter", *options, **by).document["error"]["code"] == "scope_missing"
    )


def test_a_scope_nobody_knows_is_refused(server: Served, account: str) -> None:
    said = server.run("key", "create", "--account", account, "--name", "x", "--scopes", "attic")
    assert said.code == 5


def test_a_mistyped_key_is_told_from_a_revoked_one(server: Served) -> None:
    said = server.run("number", "list", "--json", MESSAGEAPI_API_KEY="msg_mistyped")
    assert (said.code, said.document["error"]["code"]) == (5, "key_mistyped")


def test_a_number_is_created_shown_and_removed(server: Served, account: str) -> None:
    on = ("--account", account, "--json")
    before = [one["id"] for one in server.run("number", "list", *on).document["items"]]
    made = server.run("number", "create", "shop", *on).document
    assert (made["state"], made["network"]) == ("created", "whatsapp")
    assert server.run("number", "show", "shop", *on).document["id"] == made["id"]
    assert [one["id"] for one in server.run("number", "list", *on).document["items"]] == [*before, made["id"]]
    assert server.run("number", "remove", "shop", *on).code == 2
    assert server.run("number", "remove", "shop", "--yes", *on).document["removed"]
    assert server.run("number", "show", "shop", *on).document["error"]["code"] == "number_not_found"


def test_one_account_does_not_see_anothers_numbers(server: Served, account: str) -> None:
    server.run("number", "create", "secret", "--account", account)
    other = json.loads(server.run("account", "list", "--json").out)["items"][0]["id"]
    assert server.run("number", "show", "secret", "--account", other).code == 5


def test_a_sandbox_number_needs_the_sandbox(server: Served, account: str) -> None:
    said = server.run("number", "create", "toy", "--network", "sandbox", "--account", account, "--json")
    assert (said.code, said.document["error"]["code"]) == (5, "sandbox_off")


def test_sending_from_a_number_that_is_not_linked_is_refused(server: Served, account: str) -> None:
    server.run("number", "create", "unlinked", "--account", account)
    said = server.run("send", "+12025550123", "hello", "--from", "unlinked", "--account", account, "--json")
    assert said.code == 5
    assert "link" in said.err.lower()


def test_the_openapi_document_needs_no_server(run: Any) -> None:
    document = run("openapi").document
    assert document["openapi"].startswith("3.1")
    assert {"/send.php", "/api/v1/send", "/api/v1/messages", "/api/v1/numbers"} <= set(document["paths"])


def test_the_operators_token_is_its_owners_alone(server: Served) -> None:
    assert (server.data / "operator.json").stat().st_mode & 0o077 == 0
    assert os.access(server.data / "operator.json", os.R_OK)


def test_a_list_longer_than_a_page_is_shown_whole(server: Served) -> None:
    account = server.run("account", "create", "--name", "Many", "--email", "many@example.com", "--json").document["id"]
    for each in range(3):
        server.run("key", "create", "--account", account, "--name", f"key {each}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("messageapi.cli.client.LARGEST_PAGE", "1")
        listed = server.run("key", "list", "--account", account, "--json").document["items"]
    assert [one["name"] for one in listed] == ["key 2", "key 1", "key 0"]


def test_an_account_behind_the_first_page_counts(server: Served) -> None:
    for n in range(int(LARGEST_PAGE)):
        assert server.run("account", "create", "--name", "One", "--email", f"{n}@example.com").code == 0
    made = server.run("account", "create", "--name", "Last", "--email", "last@example.com", "--json").document["id"]
    server.run("number", "create", "behind", "--account", made)
    said = server.run("number", "list").err
    assert int(said.partition("the oldest of ")[2].split(";")[0]) > int(LARGEST_PAGE)
    assert "behind" in [one["name"] for one in server.run("status", "--json").document["numbers"]]
