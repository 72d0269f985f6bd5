"""HTTP for what is not a page: the OpenAPI document, static files, and what browsers and search engines ask for."""

from collections.abc import Callable, Mapping
from functools import cache

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from messageapi.settings import Settings
from messageapi.site.assets import PREFIX, assets
from messageapi.site.documents import documents
from messageapi.web.assets import Asset
from messageapi.web.gate import OPEN

_OPT = {"permission": OPEN}
_CHECKED = "public, max-age=0, must-revalidate"
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=300"
_INDEXED = ("/", "/docs", "/docs/quickstart", "/docs/api", "/docs/errors", "/contact")

AnyRequest = Request[None, None, State]
Document = Callable[[], Mapping[str, object]]


def files(settings: Settings, document: Document) -> list[HTTPRouteHandler]:
    return [_openapi(document), *_for_robots(settings.base_url), *(_static(asset) for asset in assets())]


def _openapi(document: Document) -> HTTPRouteHandler:
    @cache
    def file() -> Asset:
        written = msgspec.json.format(msgspec.json.encode(document()), indent=2)
        return Asset("openapi.json", written, MediaType.JSON)

    @get("/openapi.json", opt=_OPT, include_in_schema=False, sync_to_thread=False)
    def openapi(request: AnyRequest) -> Response[bytes]:
        return _sent(request, file(), _SHORT)

    return openapi


def _for_robots(base_url: str) -> list[HTTPRouteHandler]:
    """Pages of accounts say themselves that they are not for search engines."""

    @get("/robots.txt", opt=_OPT, include_in_schema=False, sync_to_thread=False)
    def robots() -> Response[str]:
        words = f"User-agent: *\nDisallow: /api/\nDisallow: /send.php\n\nSitemap: {base_url}/sitemap.xml\n"
        return Response(words, media_type=MediaType.TEXT, headers={"cache-control": _SHORT})

    @get("/sitemap.xml", opt=_OPT, include_in_schema=False, sync_to_thread=False)
    def sitemap() -> Response[str]:
        paths = (*_INDEXED, *(each.address for each in documents().values()))
        places = "".join(f"<url><loc>{base_url}{path}</loc></url>\n" for path in paths)
        words = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SITEMAPS}">\n{places}</urlset>\n'
        return Response(words, media_type="application/xml", headers={"cache-control": _SHORT})

    return [robots, sitemap]


_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_AT_THE_TOP = {"favicon.ico", "apple-touch-icon.png"}
"""Files that browsers ask for by themselves."""


def _static(asset: Asset) -> HTTPRouteHandler:
    paths = [f"{PREFIX}/{asset.path}", *([f"/{asset.path}"] if asset.path in _AT_THE_TOP else [])]

    @get(paths, opt=_OPT, include_in_schema=False, sync_to_thread=False)
    def static(request: AnyRequest, v: str | None = None) -> Response[bytes]:
        """`v`: which content a page means. It may be kept for as long as it is the one."""
        known = v is not None and asset.tag.strip('"').startswith(v)
        return _sent(request, asset, _FOR_A_YEAR if known else _CHECKED)

    return static


def _sent(request: AnyRequest, asset: Asset, kept: str) -> Response[bytes]:
    headers = {"etag": asset.tag, "cache-control": kept, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == asset.tag:
        return Response(b"", status_code=304, headers=headers)
    if asset.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.compressed, media_type=asset.media_type, headers={**headers, "content-encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=headers)
