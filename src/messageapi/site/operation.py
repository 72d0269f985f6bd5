"""One operation of the OpenAPI document, from a Litestar handler's signature and options."""

from collections.abc import Iterator
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, get_args, get_origin

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition

from messageapi.site.examples import ANSWERS, MORE_REQUESTS, REQUESTS
from messageapi.site.failures import Failures, header_references
from messageapi.web.gate import OPEN

Json = dict[str, Any]
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Yours, new for each new request, such as a UUID. Within 72 hours the same request with the same "
    "key gets the first answer again and is not carried out twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
}
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def known(handler: HTTPRouteHandler) -> frozenset[str]:
    """The query parameters the gate lets through."""
    return frozenset(handler.opt["parameters"])


def _file(field: str) -> Json:
    """A form with a file in it."""
    about = "The file. Its type is found from the content; its name is what a document will be called."
    part: Json = {
        "type": "string",
        "contentMediaType": "application/octet-stream",
        "minLength": 1,
        "description": about,
    }
    schema: Json = {"type": "object", "properties": {field: part}, "required": [field], "additionalProperties": False}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _alias(field: FieldDefinition) -> str:
    about = field.kwarg_definition
    return about.name if isinstance(about, ParameterKwarg) and about.name else field.name


class Operation:
    """`types` are described by msgspec all at once; `described` puts the operation together."""

    def __init__(self, route: HTTPRoute, handler: HTTPRouteHandler) -> None:
        self._handler = handler
        self._fields = handler.parsed_fn_signature.parameters
        self._query = {alias: field for field in self._fields.values() if (alias := _alias(field)) in known(handler)}
        self._path_names = list(route.path_parameters)
        self.path = route.path_format
        self.method = next(iter(sorted(handler.http_methods))).lower()

    def types(self) -> Iterator[Any]:
        yield from (field.raw for field in self._parameter_fields())
        if body := self._handler.parsed_data_field:
            yield body.annotation
        yield from (kind for _, kind in self._answers() if kind is not None)

    def described(self, schemas: dict[Any, Json], failures: Failures) -> Json:
        handler = self._handler
        keyed = handler.opt["permission"] != OPEN
        described: Json = {
            "operationId": handler.operation_id,
            "summary": handler.summary,
            "description": self._description(),
            "tags": list(handler.tags or []),
            "security": self._security(),
            "parameters": [
                *self._path_parameters(schemas),
                *self._query_parameters(schemas),
                *([IDEMPOTENCY_KEY] if handler.opt.get("idempotent") else ()),
            ],
            "responses": {
                **{str(status): self._answer(status, kind, schemas, keyed=keyed) for status, kind in self._answers()},
                **failures.of(handler, besides={status for status, _ in self._answers()}),
            },
        }
        if body := handler.parsed_data_field:
            described["requestBody"] = self._body(schemas[body.annotation])
        if field := handler.opt.get("upload"):
            described["requestBody"] = _file(str(field))
        return described

    def _description(self) -> str:
        text = cleandoc(self._handler.fn.__doc__ or "")
        permission = self._handler.opt["permission"]
        return text if permission == OPEN else f"{text}\n\nNeeds the scope `{permission}`."

    def _security(self) -> list[Json]:
        if self._handler.opt["permission"] == OPEN:
            return []
        in_address: list[Json] = [{"keyInAddress": []}] if self._handler.opt.get("key_in_address") else []
        return [{"apiKey": []}, {"bearer": []}, *in_address]

    def _parameter_fields(self) -> Iterator[FieldDefinition]:
        yield from (self._fields[name] for name in self._path_names)
        yield from self._query.values()

    def _path_parameters(self, schemas: dict[Any, Json]) -> Iterator[Json]:
        for name in self._path_names:
            yield {"name": name, "in": "path", "required": True, "schema": schemas[self._fields[name].raw]}

    def _query_parameters(self, schemas: dict[Any, Json]) -> Iterator[Json]:
        for alias, field in self._query.items():
            schema = dict(schemas[field.raw])
            if field.has_default and field.default is not None:
                schema["default"] = field.default
            shown: Json = {"name": alias, "in": "query", "required": not field.has_default}
            about = field.kwarg_definition
            if isinstance(about, ParameterKwarg):
                shown |= {"description": about.description} if about.description else {}
                schema |= about.schema_extra or {}
            yield {**shown, "schema": schema}

    def _body(self, schema: Json) -> Json:
        media_types = ("application/json", *(FORMS if self._handler.opt.get("form") else ()))
        name = str(self._handler.operation_id)
        shown: Json = {"examples": MORE_REQUESTS[name]} if name in MORE_REQUESTS else {"example": REQUESTS[name]}
        content: Json = {"schema": schema, **shown}
        return {"required": True, "content": dict.fromkeys(media_types, content)}

    def _answers(self) -> Iterator[tuple[int, Any]]:
        """Statuses with the type of their body; a route may name more than its signature does."""
        if self._handler.opt.get("gives_file"):
            yield from ((200, None), (206, None))  # the whole, or the part that Range asks for
            return
        named = self._handler.responses or {}
        returned = self._handler.parsed_fn_signature.return_type
        kind = get_args(returned.raw)[0] if get_origin(returned.raw) is Response else returned.annotation
        status = int(self._handler.status_code)
        if status not in named:
            yield status, None if kind in (None, type(None)) else kind
        yield from ((status, spec.data_container) for status, spec in named.items())

    def _answer(self, status: int, kind: Any, schemas: dict[Any, Json], *, keyed: bool) -> Json:
        spec = (self._handler.responses or {}).get(status)
        text = spec.description if spec else HTTPStatus(status).phrase
        headers = header_references(status, keyed=keyed, repeatable=bool(self._handler.opt.get("idempotent")))
        answer: Json = {"description": text, "headers": headers}
        if kind is not None:
            example = ANSWERS.get((str(self._handler.operation_id), status))
            shown = {"schema": schemas[kind]} | ({"example": example} if example else {})
            answer["content"] = {"application/json": shown}
        if self._handler.opt.get("gives_file"):
            answer["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        for media_type in self._handler.opt.get("also_as", ()):
            answer["content"][media_type] = {"schema": {"type": "string"}}
        return answer
