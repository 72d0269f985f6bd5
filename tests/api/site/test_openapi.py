"""The OpenAPI document: complete."""

from typing import Any

import msgspec
import pytest
from jsonschema_rs import validator_for

from messageapi.app import ACCOUNT, openapi
from messageapi.settings import Settings
from messageapi.site.examples import REQUESTS
from messageapi.site.openapi import METHODS
from messageapi.vocab.events import CATALOGUE
from messageapi.web.gate import OPEN

DOCUMENT: dict[str, Any] = openapi(Settings())
OPERATIONS = [(path, method, one) for path, item in DOCUMENT["paths"].items() for method, one in item.items()]


def test_every_route_of_an_account_is_documented() -> None:
    documented = {one["operationId"] for _, _, one in OPERATIONS}
    assert {route.operation_id for route in ACCOUNT} <= documented


def test_the_document_is_the_same_at_every_start() -> None:
    """The router keeps the methods of an address in a set."""
    several = [list(item) for item in DOCUMENT["paths"].values() if len(item) > 1]
    assert len(several) > 10
    assert several == [sorted(item, key=lambda method: METHODS.index(method.upper())) for item in several]


def test_every_operation_says_what_it_needs_and_how_it_fails() -> None:
    for path, method, one in OPERATIONS:
        assert one["summary"], path
        assert one["description"], path
        assert {tag["name"] for tag in DOCUMENT["tags"]} >= set(one["tags"]), path
        if one["security"]:
            assert {"401", "403", "429", "500", "503"} <= one["responses"].keys(), path
            assert "Needs the scope" in one["description"], path
        if "requestBody" in one:
            assert {"400", "408", "413", "415"} <= one["responses"].keys(), (path, method)


def test_exactly_the_open_routes_need_no_key() -> None:
    keyless = {path for path, _, one in OPERATIONS if not one["security"]}
    assert keyless == {"/healthz", "/readyz"}
    assert not [route for route in ACCOUNT if route.opt["permission"] == OPEN]


def _all_references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [each for inner in value.values() for each in _all_references(inner)]
    return [each for inner in value for each in _all_references(inner)] if isinstance(value, list) else []


def test_every_reference_leads_somewhere() -> None:
    references = set(_all_references(DOCUMENT))
    assert "#/components/headers/RateLimit-Limit" in references
    for reference in references:
        place: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


@pytest.mark.parametrize("operation", sorted(REQUESTS))
def test_every_example_can_be_sent_as_it_is(operation: str) -> None:
    handler = next(route for route in ACCOUNT if route.operation_id == operation)
    field = handler.parsed_data_field
    assert field
    msgspec.json.decode(msgspec.json.encode(REQUESTS[operation]), type=field.annotation)


def test_every_call_with_a_body_has_an_example() -> None:
    json = {
        one["operationId"]
        for _, _, one in OPERATIONS
        if "application/json" in one.get("requestBody", {}).get("content", {})
    }
    assert json == REQUESTS.keys()


def test_every_type_of_event_is_described_as_a_webhook() -> None:
    assert DOCUMENT["webhooks"].keys() == CATALOGUE.keys()
    for name, item in DOCUMENT["webhooks"].items():
        event = item["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
        assert event["type"]["const"] == name
        assert "$ref" in event["data"]


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_example_of_an_event_fits_its_schema(name: str) -> None:
    (content,) = DOCUMENT["webhooks"][name]["post"]["requestBody"]["content"].values()
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    assert [str(fault) for fault in validator_for(schema).iter_errors(content["example"])] == []
