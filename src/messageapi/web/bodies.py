"""Reads request bodies straight into the route's Struct: one strict pass, so a wrong type is refused and never bent
into shape.
"""

import asyncio
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import State, UploadFile
from litestar.exceptions import HTTPException, InternalServerException

from messageapi.errors import Problem
from messageapi.web.address import parameters, refuse_strays
from messageapi.web.words import body_problem

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
READ_SECONDS = 30


class StrictRequest(Request[None, None, State]):
    """Litestar asks `json()` for a handler's `data`; here it comes out as the type the handler declared."""

    _whole: bytes | None = None

    async def body(self) -> bytes:
        """All of the body, within the time a working connection needs: for large ones a route says more in its opt."""
        if self._whole is None:
            self._whole = await self._read()
        return self._whole

    async def _read(self) -> bytes:
        try:
            async with asyncio.timeout(self.route_handler.opt.get("read_seconds", READ_SECONDS)):
                return await super().body()
        except TimeoutError:
            raise Problem("body_too_slow", 408, "The body did not arrive in time. Send it again.") from None
        except InternalServerException:
            raise Problem("body_incomplete", 400, "The connection ended before the body was complete.") from None

    async def json(self) -> Any:
        options = self.route_handler.opt
        field = self.route_handler.parsed_data_field
        wanted = field.annotation if field else dict[str, object]
        media_type = self.content_type[0].lower()
        try:
            if options.get("form") and media_type in (_FORM, _MULTIPART) and not await self._is_json_after_all():
                return msgspec.convert(await self._form_fields(media_type), wanted, strict=False)
            if not options.get("form") or media_type != _FORM:
                _require_json(media_type)
            body = await self.body()
            return options["reads"](body) if "reads" in options else _decoder(wanted).decode(body)
        except msgspec.ValidationError as refusal:
            raise body_problem(str(refusal)) from None
        except UnicodeDecodeError:
            raise Problem("encoding_invalid", 400, "The body is not valid UTF-8 text. Encode it as UTF-8.") from None
        except (msgspec.DecodeError, RecursionError):
            raise Problem("json_malformed", 400, "The body is not valid JSON. Check its quotes and brackets.") from None

    async def _is_json_after_all(self) -> bool:
        """PHP's curl and many others call every body a form unless they are told what it is."""
        return self.content_type[0].lower() == _FORM and (await self.body()).lstrip()[:1] == b"{"

    async def _form_fields(self, media_type: str) -> dict[str, str]:
        pairs = parameters(await self.body()) if media_type == _FORM else await self._multipart_fields()
        names = frozenset(name for name, _ in pairs)
        refuse_strays(pairs, names)
        return dict(pairs)

    async def _multipart_fields(self) -> list[tuple[str, str]]:
        """As PHP's curl sends an array of fields."""
        try:
            pairs = list((await self.form()).multi_items())
        except (HTTPException, ValueError):
            raise Problem("form_malformed", 400, "The form cannot be read. Send its fields as UTF-8 text.") from None
        if any(isinstance(value, UploadFile) for _, value in pairs):
            raise Problem(
                "file_in_form",
                422,
                "This form takes no file. Name it by its URL, or upload it with POST /api/v1/media.",
            )
        return [(name, str(value)) for name, value in pairs]


@lru_cache(maxsize=256)
def _decoder(wanted: type) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(wanted)


def _require_json(media_type: str) -> None:
    if media_type and media_type != _JSON and not media_type.endswith("+json"):
        raise Problem(
            "media_type_unsupported", 415, "The body must be JSON. Send the header Content-Type: application/json."
        )
