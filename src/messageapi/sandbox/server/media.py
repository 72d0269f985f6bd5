"""The media server: clients put up what they have encrypted, and anybody who knows its path takes it down again."""

import base64
import binascii
import hashlib
import tempfile
from pathlib import Path

from aiohttp import web

from messageapi.sandbox.network import Network
from messageapi.sandbox.server.session import Session
from messageapi.sandbox.wire.stanza import Node

LARGEST_FILE = 128 << 20
PUBLIC_HOST = "mmg.whatsapp.net"


def media_conn(session: Session, _iq: Node, _child: Node) -> list[Node]:
    attrs = {"auth": session.network.media_auth, "ttl": "3600", "auth_ttl": "86400", "max_buckets": "12"}
    return [Node("media_conn", {**attrs}, [Node("host", {"hostname": session.media_host})])]


def media_routes(network: Network) -> list[web.RouteDef]:
    server = _MediaServer(network)
    return [
        web.post("/mms/{kind}/{token}", server.upload),
        web.post("/newsletter/{kind}/{token}", server.upload),
        web.get("/v/sandbox/{name}.enc", server.download),
    ]


class _MediaServer:
    def __init__(self, network: Network) -> None:
        self._network = network
        self._store = network.media

    async def upload(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("auth") != self._network.media_auth:
            return web.json_response({"error": "unauthorized"}, status=401)
        with tempfile.NamedTemporaryFile(dir=self._store.folder, prefix="upload-") as file:
            digest, size = hashlib.sha256(), 0
            async for chunk in request.content.iter_chunked(1 << 18):
                size += len(chunk)
                if size > LARGEST_FILE:
                    return web.json_response({"error": "too large"}, status=413)
                digest.update(chunk)
                file.write(chunk)
            if refusal := self._network.faults.refuse_uploads:  # not before: clients answer to it only then
                self._network.stats.count("uploads_refused")
                return web.json_response({"error": "refused"}, status=refusal)
            if digest.digest() != _token_hash(request.match_info["token"]):
                return web.json_response({"error": "the file is not the one of its token"}, status=400)
            file.flush()
            path = self._store.keep(Path(file.name), digest.hexdigest())
        self._network.stats.count("uploads")
        answer = {"url": f"https://{PUBLIC_HOST}{path}", "direct_path": path, "handle": f"h-{digest.hexdigest()[:32]}"}
        return web.json_response(answer)

    async def download(self, request: web.Request) -> web.StreamResponse:
        path = self._store.find(request.path)
        if path is None:
            return web.Response(status=404)
        self._network.stats.count("downloads")
        return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})


def _token_hash(token: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return b""
