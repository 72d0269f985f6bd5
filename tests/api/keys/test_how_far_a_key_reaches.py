"""Keys for some numbers, from some networks, for the sandbox alone: everything else is as if it were not there."""

from typing import Any

import httpx
import pytest
from sqlalchemy import update

from messageapi.keys.check import KeyCheck
from messageapi.outside.addresses import Address
from messageapi.store.tables import numbers
from messageapi.store.tx import Tx
from messageapi.web.doors import Doors

SENDS = ["messages:send", "messages:read", "numbers:read", "numbers:manage"]
HELLO = {"recipient": "+4915222222222", "text": "Hello"}


class Holder:
    """Somebody with a key of Alice's."""

    def __init__(self, client: httpx.AsyncClient, made: dict[str, Any]) -> None:
        self.id = made["id"]
        self._client = client
        self._headers = {"X-API-Key": made["key"]}

    async def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        return await self._client.request(method, f"/api/v1{path}", headers=self._headers, **given)

    async def listed(self, path: str) -> list[str]:
        return [item["id"] for item in (await self.call("GET", path)).json()["items"]]


@pytest.fixture
def holder(alice: Any, client: httpx.AsyncClient) -> Any:
    """A key that Alice makes."""

    async def made(**limits: Any) -> Holder:
        answer = await alice.post("/api/v1/keys", json={"name": "x", "scopes": SENDS, **limits})
        assert answer.status_code == 201, answer.text
        return Holder(client, answer.json())

    return made


@pytest.fixture
async def two(doors: Doors, alice: Any, make: Any) -> tuple[str, str]:
    """Numbers of Alice's; the first is the default."""
    return (
        await make.make_number(doors, alice.caller, name="One"),
        await make.make_number(doors, alice.caller, name="Two", phone="+4915133333333"),
    )


async def test_a_key_for_one_number_sees_no_other(alice: Any, holder: Any, two: tuple[str, str]) -> None:
    one, other = two
    clerk = await holder(numbers=[other])
    assert await clerk.listed("/numbers") == [other]
    assert (await clerk.call("GET", f"/numbers/{one}")).json()["code"] == "number_not_found"
    assert (await clerk.call("PATCH", f"/numbers/{one}", json={"name": "Mine"})).status_code == 404
    assert (await clerk.call("DELETE", f"/numbers/{one}")).status_code == 404
    assert (await clerk.call("POST", f"/numbers/{one}/pause")).status_code == 404
    assert (await alice.get(f"/api/v1/numbers/{one}")).json()["name"] == "One"


async def test_messages_of_other_numbers_are_not_found(alice: Any, holder: Any, two: tuple[str, str]) -> None:
    hidden = (await alice.post("/api/v1/messages", json={"to": "+4915222222222", "text": "Hello"})).json()["id"]
    clerk = await holder(numbers=[two[1]])
    assert await clerk.listed("/messages") == []
    for method, path in (("GET", ""), ("DELETE", "")):
        refused = await clerk.call(method, f"/messages/{hidden}{path}")
        assert (refused.status_code, refused.json()["code"]) == (404, "message_not_found")
    assert (await clerk.call("GET", f"/messages/{hidden}", params={})).status_code == 404
    reply = {"to": "+4915222222222", "text": "Yes", "replyTo": hidden}
    assert (await clerk.call("POST", "/messages", json=reply)).status_code in {404, 422}


async def test_a_key_for_one_number_sends_with_it(alice: Any, holder: Any, two: tuple[str, str]) -> None:
    """Though another is the account's default."""
    clerk = await holder(numbers=[two[1]])
    sent = await clerk.call("POST", "/messages", json={"to": "+4915222222222", "text": "Hello"})
    assert (sent.status_code, sent.json()["number"]) == (202, two[1])
    assert await clerk.listed("/messages") == [sent.json()["id"]]
    refused = await clerk.call("POST", "/messages", json={"from": two[0], "to": "+4915222222222", "text": "Hello"})
    assert refused.json()["code"] == "number_unknown"
    by_phone = {"from": "+4915111111111", "to": "+4915222222222", "text": "Hello"}
    assert (await clerk.call("POST", "/messages", json=by_phone)).json()["code"] == "number_unknown"


async def test_a_key_for_some_numbers_makes_no_others(holder: Any, two: tuple[str, str]) -> None:
    clerk = await holder(numbers=list(two))
    refused = await clerk.call("POST", "/numbers", json={"name": "Three", "network": "sandbox"})
    assert (refused.status_code, refused.json()["code"]) == (403, "key_of_numbers")


@pytest.mark.parametrize("limit", [{"test": True}, {"numbers": True}])
@pytest.mark.parametrize("scope", ["keys:manage", "webhooks:manage", "account:read"])
async def test_what_concerns_the_account_is_not_for_a_narrow_key(
    alice: Any, two: tuple[str, str], limit: dict[str, Any], scope: str
) -> None:
    body = {"name": "x", "scopes": [scope], **({"numbers": list(two)} if "numbers" in limit else limit)}
    refused = await alice.post("/api/v1/keys", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "scopes_too_wide")


async def test_a_key_is_not_for_numbers_of_somebody_else(alice: Any, charlie: Any, two: tuple[str, str]) -> None:
    refused = await charlie.post("/api/v1/keys", json={"name": "x", "scopes": SENDS, "numbers": [two[0]]})
    assert (refused.status_code, refused.json()["code"]) == (422, "key_number_unknown")


@pytest.fixture
async def real(doors: Doors, two: tuple[str, str]) -> str:
    """The first number, now on WhatsApp itself."""

    async def work(tx: Tx) -> None:
        await tx.execute(update(numbers).where(numbers.c.id == two[0]).values(network="whatsapp"))

    await doors.db.writer.run(work)
    return two[0]


async def test_a_test_key_reaches_the_sandbox_alone(holder: Any, two: tuple[str, str], real: str) -> None:
    tester = await holder(test=True)
    assert await tester.listed("/numbers") == [two[1]]
    assert (await tester.call("GET", f"/numbers/{real}")).status_code == 404
    refused = await tester.call("POST", "/messages", json={"from": real, "to": "+4915222222222", "text": "Hello"})
    assert refused.json()["code"] == "number_unknown"
    sent = await tester.call("POST", "/messages", json={"to": "+4915222222222", "text": "Hello"})
    assert sent.json()["number"] == two[1]
    refused = await tester.call("POST", "/numbers", json={"name": "Real", "network": "whatsapp"})
    assert (refused.status_code, refused.json()["code"]) == (403, "test_key")


async def test_a_test_key_reaches_the_number_it_makes_at_once(holder: Any, two: tuple[str, str], real: str) -> None:
    tester = await holder(test=True)
    made = await tester.call("POST", "/numbers", json={"name": "Three", "network": "sandbox"})
    assert made.status_code == 201, made.text
    assert (await tester.call("GET", f"/numbers/{made.json()['id']}")).status_code == 200


def at(text: str | None) -> Any:
    from ipaddress import ip_address  # noqa: PLC0415

    def seen_from() -> Address | None:
        return None if text is None else ip_address(text)

    return seen_from


@pytest.mark.parametrize(
    ("address", "well"),
    [
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("198.51.100.200", True),
        ("198.51.101.1", False),
        ("2001:db8:1::5", True),
        ("2001:db8:2::5", False),
        (None, False),
    ],
)
async def test_a_key_works_from_its_networks_alone(alice: Any, doors: Doors, address: str | None, well: bool) -> None:
    places = ["192.0.2.7", "198.51.100.0/24", "2001:db8:1::/48"]
    made = (await alice.post("/api/v1/keys", json={"name": "x", "scopes": SENDS, "networks": places})).json()
    check = KeyCheck(doors)
    if well:
        assert (await check(made["key"], False, at(address))).key_id == made["id"]
    else:
        with pytest.raises(Exception, match="may not be used from this address"):
            await check(made["key"], False, at(address))
    await check.stop()


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        ("198.51.100.64/26", ("198.51.100.64", "198.51.100.127"), ("198.51.100.63", "198.51.100.128")),
        ("192.0.2.7", ("192.0.2.7",), ("192.0.2.6", "192.0.2.8")),
        ("0.0.0.0/0", ("0.0.0.0", "255.255.255.255"), ("::1",)),
        ("2001:db8:1::/48", ("2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff"), ("2001:db8::1", "2001:db8:2::")),
        ("::ffff:192.0.2.7", ("192.0.2.7",), ("192.0.2.8", "::ffff:c000:208")),
        ("::ffff:198.51.100.0/120", ("198.51.100.0", "198.51.100.255"), ("198.51.99.255", "198.51.101.0")),
    ],
)
async def test_a_network_holds_its_first_and_its_last_address(
    alice: Any, doors: Doors, network: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    made = (await alice.post("/api/v1/keys", json={"name": "x", "scopes": SENDS, "networks": [network]})).json()
    check = KeyCheck(doors)
    for address in inside:
        assert (await check(made["key"], False, at(address))).key_id == made["id"]
    for address in outside:
        with pytest.raises(Exception, match="may not be used from this address"):
            await check(made["key"], False, at(address))
    await check.stop()


async def test_a_list_of_networks_and_numbers_has_bounds(alice: Any, two: tuple[str, str]) -> None:
    async def asked(**limits: Any) -> tuple[int, str]:
        answer = await alice.post("/api/v1/keys", json={"name": "x", "scopes": SENDS, **limits})
        return answer.status_code, answer.json().get("code", "")

    fifty = [f"192.0.2.{last}" for last in range(50)]
    assert await asked(networks=fifty) == (201, "")
    assert await asked(networks=[*fifty, "198.51.100.1"]) == (422, "field_invalid")
    assert await asked(networks=[]) == (422, "field_invalid")
    assert await asked(numbers=[]) == (422, "field_invalid")
    assert await asked(numbers=[two[0]] * 100) == (201, "")
    assert await asked(numbers=[two[0]] * 101) == (422, "field_invalid")


async def test_a_number_that_is_deleted_leaves_its_key_with_none(alice: Any, holder: Any, two: tuple[str, str]) -> None:
    """And never with all of them."""
    clerk = await holder(numbers=[two[1]])
    assert (await alice.delete(f"/api/v1/numbers/{two[1]}")).status_code == 204
    assert await clerk.listed("/numbers") == []
    refused = await clerk.call("POST", "/messages", json={"to": "+4915222222222", "text": "Hello"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_number")
    assert await clerk.listed("/messages") == []


async def test_a_request_from_elsewhere_is_refused_over_http(holder: Any) -> None:
    """The test's client calls from 127.0.0.1."""
    assert (await (await holder(networks=["127.0.0.0/8"])).call("GET", "/numbers")).status_code == 200
    refused = await (await holder(networks=["192.0.2.0/24"])).call("GET", "/numbers")
    assert (refused.status_code, refused.json()["code"]) == (403, "key_wrong_network")


async def test_a_key_from_some_networks_makes_none_from_others(alice: Any, client: httpx.AsyncClient) -> None:
    body = {"name": "x", "scopes": ["keys:manage", "messages:read"], "networks": ["127.0.0.0/8"]}
    key = (await alice.post("/api/v1/keys", json=body)).json()["key"]
    for wider in ({}, {"networks": ["0.0.0.0/0"]}, {"networks": ["127.0.0.1", "192.0.2.1"]}, {"networks": ["::1"]}):
        heir = {"name": "y", "scopes": ["messages:read"], **wider}
        refused = await client.post("/api/v1/keys", json=heir, headers={"X-API-Key": key})
        assert (refused.status_code, refused.json()["code"]) == (403, "networks_exceeded")
    heir = {"name": "y", "scopes": ["messages:read"], "networks": ["127.0.0.1"]}
    made = await client.post("/api/v1/keys", json=heir, headers={"X-API-Key": key})
    assert made.json()["networks"] == ["127.0.0.1/32"]


@pytest.mark.parametrize("networks", [["x"], ["192.0.2.1/33"], ["192.0.2.1/24"], ["1.2.3"], [" "]])
async def test_what_is_no_network_is_refused(alice: Any, networks: list[str]) -> None:
    refused = await alice.post("/api/v1/keys", json={"name": "x", "scopes": SENDS, "networks": networks})
    assert (refused.status_code, refused.json()["code"]) == (422, "networks_invalid")
