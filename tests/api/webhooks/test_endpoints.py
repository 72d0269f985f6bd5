"""Endpoints over HTTP: made, changed, paused, tested, deleted; bad input is refused; nobody else sees them."""

from pathlib import Path
from typing import Any

import pytest

from messageapi.settings import Settings
from messageapi.webhooks.create import MOST

URL = "https://example.com/hooks/messageapi?token=canary"
PLACE = "/api/v1/webhooks"
CORPUS = Path(__file__).parents[2] / "rooms" / "outside" / "corpus.txt"


async def made(person: Any, **given: Any) -> dict[str, Any]:
    answer = await person.post(PLACE, json={"url": URL, **given})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_secret_is_made_shown_once_and_never_again(alice: Any) -> None:
    new = await made(alice, events=["message.received"], headers={"X-Shop": "canary-value"}, description="Shop")
    assert new["secret"].startswith("whsec_")
    assert new["signed"]
    for answer in (await alice.get(PLACE), await alice.get(f"{PLACE}/{new['id']}")):
        assert new["secret"] not in answer.text
        assert "canary-value" not in answer.text
    (listed,) = (await alice.get(PLACE)).json()["items"]
    assert listed == {name: value for name, value in new.items() if name != "secret"}
    assert (listed["url"], listed["headerNames"], listed["state"]) == (URL, ["X-Shop"], "enabled")


async def test_a_secret_of_ones_own_is_taken_and_none_at_all_when_so_chosen(alice: Any) -> None:
    own = "whsec_" + "QUJD" * 8
    assert (await made(alice, secret=own))["secret"] == own
    unsigned = await made(alice, secret=None)
    assert (unsigned["secret"], unsigned["signed"]) == (None, False)


async def test_nothing_of_it_lies_open_in_the_database(alice: Any, settings: Settings) -> None:
    new = await made(alice, headers={"X-Shop": "canary-value"})
    stored = b"".join(path.read_bytes() for path in settings.data_folder.iterdir() if path.is_file())
    for canary in (b"token=canary", b"canary-value", new["secret"].encode()):
        assert canary not in stored


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"url": "ftp://example.com/"}, "webhook_url_invalid"),
        ({"url": "https://user:password@example.com/"}, "webhook_url_invalid"),
        ({"url": "https://user@example.com/"}, "webhook_url_invalid"),
        ({"url": "https://example.com:22/"}, "webhook_url_invalid"),
        ({"url": "https:///path"}, "webhook_url_invalid"),
        ({"url": "example.com/hook"}, "webhook_url_invalid"),
        ({"url": "https://exa mple.com/"}, "webhook_url_invalid"),
        ({"url": "javascript:alert(1)"}, "webhook_url_invalid"),
        ({"url": "http://127.0.0.1/"}, "webhook_address_forbidden"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "webhook_address_forbidden"),
        ({"url": "http://[::1]/"}, "webhook_address_forbidden"),
        ({"url": "h" * 2049}, "field_invalid"),
        ({"url": ""}, "field_invalid"),
        ({"events": []}, "field_invalid"),
        ({"events": ["message.recieved"]}, "webhook_event_unknown"),
        ({"events": ["*"]}, "webhook_event_unknown"),
        ({"numbers": ["num_of_somebody_else"]}, "webhook_number_unknown"),
        ({"secret": "whsec_" + "QUJD" * 5}, "webhook_secret_length"),
        ({"secret": "hunter2"}, "webhook_secret_invalid"),
        ({"headers": {"Host": "example.org"}}, "webhook_header_invalid"),
        ({"headers": {"webhook-signature": "v1,fake"}}, "webhook_header_invalid"),
        ({"headers": {"X-A": "one\r\nX-B: two"}}, "webhook_header_invalid"),
        ({"headers": {"X A": "one"}}, "webhook_header_invalid"),
        ({"headers": {"": "one"}}, "webhook_header_invalid"),
        ({"headers": {"X-A": "ä"}}, "webhook_header_invalid"),
        ({"headers": {"X-A": " one"}}, "webhook_header_invalid"),
        ({"headers": {"X-A": "x" * 2_001}}, "webhook_header_invalid"),
        ({"headers": {"transfer-encoding": "chunked"}}, "webhook_header_invalid"),
        ({"headers": {"Proxy-Authorization": "Basic x"}}, "webhook_header_invalid"),
        ({"headers": {"X-A": "1", "x-a": "2"}}, "webhook_header_invalid"),
        ({"headers": {f"X-{n}": "1" for n in range(21)}}, "field_invalid"),
        ({"description": "x" * 201}, "field_invalid"),
        ({"colour": "red"}, "unknown_field"),
    ],
)
async def test_what_cannot_be_an_endpoint_is_refused(alice: Any, given: dict[str, Any], code: str) -> None:
    answer = await alice.post(PLACE, json={"url": URL, **given})
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] == code, answer.text
    assert (await alice.get(PLACE)).json()["items"] == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"url": "https://user:password@example.com/"}, "webhook_url_invalid"),
        ({"url": "https://example.com:22/"}, "webhook_url_invalid"),
        ({"url": "http://[::ffff:169.254.169.254]/"}, "webhook_address_forbidden"),
        ({"events": ["message.received", "message.unheard_of"]}, "webhook_event_unknown"),
        ({"events": []}, "field_invalid"),
        ({"numbers": ["num_of_somebody_else"]}, "webhook_number_unknown"),
        ({"headers": {"X-A": "one\r\nX-B: two"}}, "webhook_header_invalid"),
        ({"secret": "whsec_" + "QUJD" * 8}, "unknown_field"),
    ],
)
async def test_what_cannot_be_an_endpoint_is_no_edit_either(alice: Any, given: dict[str, Any], code: str) -> None:
    new = await made(alice)
    answer = await alice.patch(f"{PLACE}/{new['id']}", json=given)
    assert answer.json()["code"] == code, answer.text
    assert (await alice.get(PLACE)).json()["items"] == [{name: new[name] for name in new if name != "secret"}]


@pytest.mark.parametrize(
    ("secret", "code"),
    [
        ("whsec_" + "QUJD" * 7 + "QUI=", "webhook_secret_length"),
        ("whsec_" + "QUJD" * 22, "webhook_secret_length"),
        ("whsec_", "webhook_secret_length"),
        ("whsec_" + "*" * 40, "webhook_secret_invalid"),
        ("QUJD" * 8, "webhook_secret_invalid"),
    ],
)
async def test_a_bad_secret_is_refused_where_one_is_made_and_where_it_is_rotated(
    alice: Any, secret: str, code: str
) -> None:
    new = await made(alice)
    for path, body in (
        (PLACE, {"url": URL, "secret": secret}),
        (f"{PLACE}/{new['id']}/rotate-secret", {"secret": secret}),
    ):
        answer = await alice.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert (await alice.get(f"{PLACE}/{new['id']}")).json()["oldSecretUntil"] is None


async def test_a_type_that_is_nearly_right_gets_a_hint(alice: Any) -> None:
    answer = await alice.post(PLACE, json={"url": URL, "events": ["message.recieved"]})
    assert "Did you mean message.received?" in answer.json()["detail"]


async def test_no_url_of_the_corpus_is_an_unexpected_failure(alice: Any) -> None:
    """What may be named here and leads inside all the same is stopped where the socket is made."""
    lines = [line for line in CORPUS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    for line in lines:
        url = line.encode().decode("unicode_escape").replace("{port}", "443")
        if url.isprintable():
            answer = await alice.post(PLACE, json={"url": url})
            assert answer.status_code in (201, 409, 422), (url, answer.text)


async def test_an_account_has_so_many_endpoints_and_no_more(alice: Any) -> None:
    for _ in range(MOST):
        await made(alice, secret=None)
    answer = await alice.post(PLACE, json={"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")


async def test_an_edit_changes_what_it_names_and_nothing_else(alice: Any) -> None:
    new = await made(alice, events=["message.received"], headers={"X-A": "1"})
    place = f"{PLACE}/{new['id']}"
    edited = (await alice.patch(place, json={"events": None, "url": "https://example.org/"})).json()
    assert (edited["events"], edited["url"], edited["headerNames"]) == (None, "https://example.org/", ["X-A"])
    assert edited["signed"]
    edited = (await alice.patch(place, json={"headers": {}})).json()
    assert (edited["headerNames"], edited["url"]) == ([], "https://example.org/")
    refused = await alice.patch(place, json={"url": "http://10.0.0.1/"})
    assert refused.json()["code"] == "webhook_address_forbidden"


async def test_a_secret_is_rotated_with_an_overlap(alice: Any) -> None:
    new = await made(alice)
    rotated = (await alice.post(f"{PLACE}/{new['id']}/rotate-secret", json={"overlapHours": 2})).json()
    assert rotated["secret"] != new["secret"]
    assert rotated["oldSecretUntil"] == "2026-11-22T14:00:00.000Z"
    again = await alice.post(f"{PLACE}/{new['id']}/rotate-secret", json={"overlapHours": 999})
    assert again.status_code == 422


async def test_it_is_paused_and_resumed(alice: Any) -> None:
    new = await made(alice)
    place = f"{PLACE}/{new['id']}"
    assert (await alice.post(f"{place}/pause")).json()["state"] == "paused"
    refused = await alice.post(f"{place}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_not_enabled")
    assert (await alice.post(f"{place}/pause")).json()["state"] == "paused"
    assert (await alice.post(f"{place}/resume")).json()["state"] == "enabled"


async def test_a_test_event_is_listed_as_a_delivery(alice: Any) -> None:
    new = await made(alice)
    place = f"{PLACE}/{new['id']}"
    event_id = (await alice.post(f"{place}/test")).json()["eventId"]
    (listed,) = (await alice.get(f"{place}/deliveries")).json()["items"]
    assert (listed["eventId"], listed["type"], listed["status"]) == (event_id, "webhook.test", "pending")
    assert (await alice.get(f"{place}/deliveries/{event_id}")).json() == listed
    assert (await alice.get(f"{place}/deliveries?status=failed")).json()["items"] == []
    assert (await alice.get(f"{place}/deliveries?status=lost")).status_code == 422
    assert (await alice.post(f"{place}/deliveries/{event_id}/replay")).status_code == 202


async def test_deliveries_come_in_pages(alice: Any) -> None:
    place = f"{PLACE}/{(await made(alice))['id']}"
    sent = [(await alice.post(f"{place}/test")).json()["eventId"] for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = (
            await alice.get(f"{place}/deliveries", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        ).json()
        seen += [each["eventId"] for each in page["items"]]
        cursor = page["nextCursor"]
    assert sorted(seen) == sorted(sent)
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"what": "all"}, "replay_span_missing"),
        ({"what": "all", "since": "2026-11-22T12:00:00Z", "until": "2026-11-22T11:00:00Z"}, "replay_span_invalid"),
        ({"what": "some"}, "field_invalid"),
        ({"since": "yesterday"}, "field_invalid"),
        ({"since": "2026-11-22T12:00:00"}, "field_invalid"),
    ],
)
async def test_a_replay_needs_a_span(alice: Any, given: dict[str, Any], code: str) -> None:
    place = f"{PLACE}/{(await made(alice))['id']}"
    answer = await alice.post(f"{place}/replay", json=given)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_deleting_takes_its_deliveries_along(alice: Any) -> None:
    place = f"{PLACE}/{(await made(alice))['id']}"
    await alice.post(f"{place}/test")
    assert (await alice.delete(place)).status_code == 204
    for method, path in (("GET", place), ("GET", f"{place}/deliveries"), ("DELETE", place)):
        assert (await alice.call(method, path)).status_code == 404


async def test_nobody_else_sees_or_touches_an_endpoint(alice: Any, bob: Any, charlie: Any) -> None:
    place = f"{PLACE}/{(await made(alice))['id']}"
    event_id = (await alice.post(f"{place}/test")).json()["eventId"]
    calls: list[tuple[str, str, Any]] = [
        ("GET", place, None),
        ("PATCH", place, {"description": "mine"}),
        ("DELETE", place, None),
        ("POST", f"{place}/rotate-secret", {}),
        ("POST", f"{place}/pause", None),
        ("POST", f"{place}/resume", None),
        ("POST", f"{place}/test", None),
        ("POST", f"{place}/replay", {}),
        ("GET", f"{place}/deliveries", None),
        ("GET", f"{place}/deliveries/{event_id}", None),
        ("POST", f"{place}/deliveries/{event_id}/replay", None),
    ]
    own = f"{PLACE}/{(await made(charlie))['id']}"
    for method, path, body in calls:
        given = {} if body is None else {"json": body}
        answer = await charlie.call(method, path, **given)
        assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found"), path
        assert (await bob.call(method, path, **given)).status_code == 403
    assert (await charlie.post(f"{own}/deliveries/{event_id}/replay")).json()["code"] == "delivery_not_found"
    assert [each["id"] for each in (await charlie.get(PLACE)).json()["items"]] == [own.rpartition("/")[2]]
    assert (await alice.get(place)).json()["state"] == "enabled"
