"""The panel's own files under /assets. The address holds a tag of them all, so browsers keep each for a year."""

import hashlib
from functools import cache
from pathlib import Path

from litestar import Request, Response, get
from litestar.datastructures import State

from messageapi.errors import Problem
from messageapi.web.assets import Asset, read_assets

PREFIX = "/assets"
_FOLDER = Path(__file__).parent / "static"
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_NOT_AT_ALL = "no-store"


@cache
def _assets() -> dict[str, Asset]:
    return {asset.path: asset for asset in read_assets(_FOLDER)}


@cache
def tag() -> str:
    """Of all files together: a style sheet names fonts beside it."""
    whole = hashlib.sha256(b"".join(asset.tag.encode() for asset in _assets().values()))
    return whole.hexdigest()[:12]


def address(path: str) -> str:
    """Where a page finds the file. Raise KeyError for one that does not exist."""
    return f"{PREFIX}/{tag()}/{_assets()[path].path}"


@get(f"{PREFIX}/{{version:str}}/{{path:path}}", opt={"permission": "open", "asset": True}, sync_to_thread=False)
def static(request: Request[None, None, State], version: str, path: str) -> Response[bytes]:
    """A page from before an update asks with the old tag: it gets today's file, and may not keep it."""
    asset = _assets().get(path.lstrip("/"))
    if asset is None:
        raise Problem("route_unknown", 404, "There is nothing at this address.")
    headers = {"cache-control": _FOR_A_YEAR if version == tag() else _NOT_AT_ALL, "vary": "accept-encoding"}
    if asset.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(asset.compressed, media_type=asset.media_type, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)


routes = [static]
