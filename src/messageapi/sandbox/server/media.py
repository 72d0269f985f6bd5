"""Media: the server stores what clients encrypted, under the hash of the ciphertext, and hands it out again."""

import base64
import binascii
import hashlib
import re
import tempfile
from pathlib import Path

from aiohttp import web

from messageapi.sandbox.network import Network
from messageapi.sandbox.server.session import Session
from messageapi.sandbox.wire.stanza import Node

LARGEST_FILE = 64 << 20
LARGEST_STORE = 1 << 30
PUBLIC_HOST = "mmg.whatsapp.net"
_NAME = re.compile(r"[0-9a-f]{64}")


def media_conn(session: Session, _iq: Node, _child: Node) -> list[Node]:
    attrs = {"auth": session.network.media_auth, "ttl": "3600", "auth_ttl": "86400", "max_buckets": "12"}
    return [Node("media_conn", {**attrs}, [Node("host", {"hostname": session.media_host})])]


class MediaStore:
    """Files in one folder; the oldest go when the folder is full."""

    def __init__(self, folder: Path, network: Network) -> None:
        self._folder = folder
        self._network = network
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/mms/{kind}/{token}", self.upload),
            web.get("/v/sandbox/{name}.enc", self.download),
        ]

    async def upload(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("auth") != self._network.media_auth:
            return web.json_response({"error": "unauthorized"}, status=401)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix="upload-") as file:
            digest, size = hashlib.sha256(), 0
            async for chunk in request.content.iter_chunked(1 << 18):
                size += len(chunk)
                if size > LARGEST_FILE:
                    return web.json_response({"error": "too large"}, status=413)
                digest.update(chunk)
                file.write(chunk)
            if digest.digest() != _token_hash(request.match_info["token"]):
                return web.json_response({"error": "the file is not the one of its token"}, status=400)
            file.flush()
            name = digest.hexdigest()
            self._keep(Path(file.name), name)
        self._network.stats.count("uploads")
        path = f"/v/sandbox/{name}.enc?ccb=11-4&oh=01&oe=7FFFFFFF&_nc_sid=0"
        return web.json_response({"url": f"https://{PUBLIC_HOST}{path}", "direct_path": path})

    def _keep(self, upload: Path, name: str) -> None:
        kept = self._folder / name
        if not kept.exists():
            kept.hardlink_to(upload)
        self._make_room()

    def _make_room(self) -> None:
        files = sorted(self._folder.glob("[0-9a-f]*"), key=lambda file: file.stat().st_mtime)
        size = sum(file.stat().st_size for file in files)
        while size > LARGEST_STORE and len(files) > 1:
            oldest = files.pop(0)
            size -= oldest.stat().st_size
            oldest.unlink()

    async def download(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        path = self._folder / name
        if not _NAME.fullmatch(name) or not path.is_file():
            return web.Response(status=404)
        self._network.stats.count("downloads")
        return web.FileResponse(path, headers={"Content-Type": "application/octet-stream"})


def _token_hash(token: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return b""
