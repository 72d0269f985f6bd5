"""HTTP for the open pages. Each brings its own content policy: nothing but this server's own files may load."""

import re
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from importlib.metadata import version

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from messageapi.settings import Settings
from messageapi.site.assets import assets, page
from messageapi.web.assets import Asset
from messageapi.web.codes import CODES
from messageapi.web.gate import OPEN

VERSION = version("messageapi")
_OPT = {"permission": OPEN}
_LOCKED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PLAIN = f"{_LOCKED}; style-src 'self'; img-src 'self'"
_CACHED = "public, max-age=0, must-revalidate"
_SHORT = "public, max-age=300"
_CODE = re.compile(r"`([^`]+)`")

AnyRequest = Request[None, None, State]
Document = Callable[[], Mapping[str, object]]


def pages(settings: Settings, document: Document) -> list[HTTPRouteHandler]:
    return [_landing(settings), _reference(), _errors(), _openapi(document), *(_static(asset) for asset in assets())]


def _html(body: str, policy: str, *, caching: str = _SHORT) -> Response[str]:
    headers = {"content-security-policy": policy, "cache-control": caching}
    return Response(body, media_type=MediaType.HTML, headers=headers)


def _landing(settings: Settings) -> HTTPRouteHandler:
    body = page("landing").substitute(base_url=escape(settings.base_url), version=VERSION)

    @get("/", opt=_OPT, include_in_schema=False, sync_to_thread=False)
    def landing() -> Response[str]:
        return _html(body, _PLAIN)

    return landing


def _errors() -> HTTPRouteHandler:
    @get("/docs/errors", opt=_OPT, include_in_schema=False, sync_to_thread=False)
    def errors() -> Response[str]:
        return _html(_error_list(), _PLAIN)

    return errors


@cache
def _error_list() -> str:
    rows = "".join(
        page("error_row").substitute(
            code=code, status=about.status, title=escape(about.title), sentence=_marked(about.sentence)
        )
        for code, about in CODES.items()
    )
    return page("errors").substitute(rows=rows, version=VERSION)


def _marked(sentence: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(sentence))


def _reference() -> HTTPRouteHandler:
    """Scalar writes its styles with scripts; they carry a nonce, so that the policy need not allow inline styles."""

    @get("/docs/api", opt=_OPT, include_in_schema=False, sync_to_thread=False)
    def reference() -> Response[str]:
        nonce = secrets.token_urlsafe(18)
        styles = f"style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'"
        styles = f"style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'"
        policy = f"{_LOCKED}; script-src 'self'; {styles}; img-src 'self' data:; connect-src 'self'"
        return _html(page("reference").substitute(nonce=nonce), policy, caching="no-store")

    return reference


def _openapi(document: Document) -> HTTPRouteHandler:
    @cache
    def body() -> bytes:
        return msgspec.json.format(msgspec.json.encode(document()), indent=2)

    @get("/openapi.json", opt=_OPT, include_in_schema=False, sync_to_thread=False)
    def openapi() -> Response[bytes]:
        return Response(body(), media_type=MediaType.JSON, headers={"cache-control": _SHORT})

    return openapi


def _static(asset: Asset) -> HTTPRouteHandler:
    @get(f"/static/{asset.path}", opt=_OPT, include_in_schema=False, sync_to_thread=False)
    def static(request: AnyRequest) -> Response[bytes]:
        headers = {"etag": asset.tag, "cache-control": _CACHED, "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == asset.tag:
            return Response(b"", status_code=304, headers=headers)
        if asset.compressed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                asset.compressed, media_type=asset.media_type, headers={**headers, "content-encoding": "gzip"}
            )
        return Response(asset.content, media_type=asset.media_type, headers=headers)

    return static
