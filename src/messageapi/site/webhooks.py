"""The part of the OpenAPI document that describes what is posted to webhook endpoints, made from the catalogue."""

from typing import Any

from messageapi.vocab.event_examples import example
from messageapi.vocab.events import CATALOGUE, Kind

Json = dict[str, Any]

_HEADERS = {
    "webhook-id": "The event's id: the same when it is sent again. Remember those you have seen.",
    "webhook-timestamp": "When this try was made, in seconds since 1970. Refuse what is older than five minutes.",
    "webhook-signature": "Standard Webhooks: one or more `v1,` signatures with a space between, of "
    "`{webhook-id}.{webhook-timestamp}.{body}`. Absent for endpoints without a secret.",
}


def facts_types() -> list[Any]:
    """What `data` is."""
    return list(dict.fromkeys(kind.facts for kind in CATALOGUE.values()))


def webhooks(schemas: dict[Any, Json]) -> Json:
    return {name: {"post": _operation(name, kind, schemas)} for name, kind in CATALOGUE.items()}


def _operation(name: str, kind: Kind, schemas: dict[Any, Json]) -> Json:
    return {
        "operationId": "on" + "".join(part.capitalize() for part in name.replace("_", ".").split(".")),
        "summary": name,
        "description": kind.about,
        "tags": ["Webhooks"],
        "parameters": [_header(*each) for each in _HEADERS.items()],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _event(name, kind, schemas), "example": example(name)}},
        },
        "responses": {
            "2XX": {"description": "Taken. Any other answer, or none within 15 seconds, and it comes again."}
        },
    }


def _header(name: str, about: str) -> Json:
    required = name != "webhook-signature"
    return {"name": name, "in": "header", "required": required, "description": about, "schema": {"type": "string"}}


def _event(name: str, kind: Kind, schemas: dict[Any, Json]) -> Json:
    text: Json = {"type": "string"}
    properties: Json = {
        "id": text,
        "type": {"type": "string", "const": name},
        "createdAt": {"type": "string", "format": "date-time"},
        "account": text,
        "number": {"type": ["string", "null"], "description": "The id of the number it is about."},
        "data": schemas[kind.facts],
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
