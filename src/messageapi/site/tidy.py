"""Writes msgspec's JSON Schemas as readers and generators of OpenAPI documents expect them; their meaning stays."""

from typing import Any

Json = dict[str, Any]


def optional_tag(components: Json, name: str) -> None:
    """The struct that is meant when the field telling them apart is left out."""
    schema = components[name]
    (value,) = schema["properties"]["type"]["enum"]
    schema["required"] = [each for each in schema["required"] if each != "type"]
    schema["properties"]["type"]["default"] = value


def tidy(schema: Any) -> Any:
    """`anyOf [X, null]` becomes `type [x, null]`, and an enum of texts says that it is text."""
    if isinstance(schema, list):
        return [tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {name: value if name in ("default", "examples", "enum") else tidy(value) for name, value in schema.items()}
    return _typed(_merged(tidied))


def _merged(schema: Json) -> Json:
    choices = schema.get("anyOf")
    if not isinstance(choices, list):
        return schema
    if all(choice.keys() == {"type"} for choice in choices):
        rest = {name: value for name, value in schema.items() if name != "anyOf"}
        return {**rest, "type": [choice["type"] for choice in choices]}
    if len(choices) != 2 or {"type": "null"} not in choices:
        return schema
    other = next(each for each in choices if each != {"type": "null"})
    if not isinstance(other.get("type"), str):
        return schema
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    merged = {**rest, **other, "type": [other["type"], "null"]}
    if "enum" in other:
        merged["enum"] = [*other["enum"], None]
    return merged


def _typed(schema: Json) -> Json:
    values = schema.get("enum")
    if isinstance(values, list) and "type" not in schema and all(isinstance(value, str) for value in values):
        return {"type": "string", **schema}
    return schema
