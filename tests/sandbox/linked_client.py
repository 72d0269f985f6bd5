"""The real protocol client in a process of its own, driven by JSON lines: commands on stdin, the rest on stdout.

A process of its own because the native library may abort it, and because Go reads SSL_CERT_FILE only at exec.
"""

import asyncio
import base64
import concurrent.futures
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

sys.modules["magic"] = ModuleType("magic")  # guesses types, which nobody asks for here; it would need libmagic

import neonize._binder  # noqa: E402

from messageapi.engines.linked.trust import replace_root_key  # noqa: E402

replace_root_key("sandbox", bytes.fromhex(sys.argv[2]))

from neonize.aioze import events  # noqa: E402
from neonize.aioze.client import NewAClient  # noqa: E402
from neonize.proto.Neonize_pb2 import ReturnFunctionWithError  # noqa: E402
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import Message  # noqa: E402
from neonize.utils.enum import (  # noqa: E402
    ChatPresence,
    ChatPresenceMedia,
    ClientName,
    ClientType,
    MediaType,
    Presence,
    ReceiptType,
)
from neonize.utils.jid import build_jid  # noqa: E402
from neonize.utils.log import log  # noqa: E402


def jid_text(jid: Any) -> str:
    return f"{jid.User}{f':{jid.Device}' if jid.Device else ''}@{jid.Server}"


def say(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Driver:
    def __init__(self, front: str, store: str) -> None:
        self._front = front
        self._client = NewAClient(store, uuid="driver")
        self._messages: dict[str, Any] = {}
        self._subscribe()

    def _subscribe(self) -> None:
        client = self._client

        client.qr(self._on_qr)
        plain = {
            "connected": events.ConnectedEv,
            "disconnected": events.DisconnectedEv,
            "logged_out": events.LoggedOutEv,
            "replaced": events.StreamReplacedEv,
            "temporary_ban": events.TemporaryBanEv,
            "connect_failure": events.ConnectFailureEv,
            "client_outdated": events.ClientOutdatedEv,
            "stream_error": events.StreamErrorEv,
            "paired": events.PairStatusEv,
            "offline_done": events.OfflineSyncCompletedEv,
            "history": events.HistorySyncEv,
        }
        for name, kind in plain.items():
            client.event(kind)(self._teller(name))
        client.event(events.MessageEv)(self._on_message)
        client.event(events.ReceiptEv)(self._on_receipt)
        client.event(events.PresenceEv)(self._on_presence)
        client.event(events.ChatPresenceEv)(self._on_chat_presence)

    def _teller(self, name: str) -> Callable[[object, object], Awaitable[None]]:
        async def tell(_: object, event: object) -> None:
            detail = {}
            for field in ("Code", "Expire", "Reason", "OnConnect", "Message", "Count"):
                if hasattr(event, field):
                    detail[field] = str(getattr(event, field))
            say(event=name, **detail)

        return tell

    async def _on_qr(self, _: object, data: bytes) -> None:
        say(event="qr", qr=data.decode())

    async def _on_message(self, _: object, event: Any) -> None:
        source, message = event.Info.MessageSource, event.Message
        text = message.conversation or message.extendedTextMessage.text or message.documentMessage.caption
        self._messages[event.Info.ID] = event
        say(
            event="message",
            id=event.Info.ID,
            text=text,
            sender=jid_text(source.Sender),
            chat=jid_text(source.Chat),
            group=source.IsGroup,
            own=source.IsFromMe,
            message=base64.b64encode(message.SerializeToString()).decode(),
        )

    async def _on_receipt(self, _: object, event: Any) -> None:
        say(
            event="receipt",
            type=int(event.Type),
            ids=list(event.MessageIDs),
            sender=jid_text(event.MessageSource.Sender),
        )

    async def _on_presence(self, _: object, event: Any) -> None:
        say(event="presence", sender=jid_text(event.From), unavailable=event.Unavailable)

    async def _on_chat_presence(self, _: object, event: Any) -> None:
        say(event="chat_presence", sender=jid_text(event.MessageSource.Sender), state=int(event.State))

    # --- commands ---

    async def connect(self) -> None:
        self._task = await self._client.connect(neonize._binder.ProxySettings(proxy_address=self._front))

    async def pair_phone(self, phone: str) -> Any:
        return await self._client.PairPhone(
            phone, show_push_notification=True, client_name=ClientName.LINUX, client_type=ClientType.CHROME
        )

    async def send(self, to: str, text: str) -> Any:
        return (await self._client.send_message(_jid(to), Message(conversation=text))).ID

    async def send_document(self, to: str, data: str, caption: str) -> Any:
        uploaded = await self._client.upload(base64.b64decode(data), MediaType.MediaDocument)
        message = Message()
        document = message.documentMessage
        document.URL, document.directPath, document.mediaKey = uploaded.url, uploaded.DirectPath, uploaded.MediaKey
        document.fileEncSHA256, document.fileSHA256 = uploaded.FileEncSHA256, uploaded.FileSHA256
        document.fileLength, document.mimetype = uploaded.FileLength, "application/pdf"
        document.fileName, document.caption = "x.pdf", caption
        return (await self._client.send_message(_jid(to), message)).ID

    async def upload(self, kind: str, data: str) -> dict[str, object]:
        """The fields of a media message by which the file is found and opened, bytes in base64."""
        uploaded = await self._client.upload(base64.b64decode(data), getattr(MediaType, f"Media{kind}"))
        bytes_ = {"mediaKey": uploaded.MediaKey, "fileEncSHA256": uploaded.FileEncSHA256}
        bytes_["fileSHA256"] = uploaded.FileSHA256
        encoded = {name: base64.b64encode(value).decode() for name, value in bytes_.items()}
        return {**encoded, "directPath": uploaded.DirectPath, "fileLength": uploaded.FileLength}

    async def upload_newsletter(self, kind: str, data: str) -> dict[str, object]:
        uploaded = await self._client.upload_newsletter(base64.b64decode(data), getattr(MediaType, f"Media{kind}"))
        return {"directPath": uploaded.DirectPath, "handle": uploaded.Handle}

    async def send_message(self, to: str, message: str) -> Any:
        return (await self._client.send_message(_jid(to), Message.FromString(base64.b64decode(message)))).ID

    async def edit(self, to: str, id: str, text: str) -> Any:  # noqa: A002
        return (await self._client.edit_message(_jid(to), id, Message(conversation=text))).ID

    async def revoke(self, to: str, sender: str, id: str) -> Any:  # noqa: A002
        return (await self._client.revoke_message(_jid(to), _jid(sender), id)).ID

    async def react(self, id: str, emoji: str) -> Any:  # noqa: A002
        source = self._messages[id].Info.MessageSource
        reaction = await self._client.build_reaction(source.Chat, source.Sender, id, emoji)
        return (await self._client.send_message(source.Chat, reaction)).ID

    async def vote(self, id: str, options: list[str]) -> Any:  # noqa: A002
        info = self._messages[id].Info
        return (
            await self._client.send_message(info.MessageSource.Chat, await self._client.build_poll_vote(info, options))
        ).ID

    async def votes(self, id: str) -> list[str]:  # noqa: A002
        """The hashes of what a vote picked. Asked natively: the library's own call forgets to read its answer."""
        event = self._messages[id].SerializeToString()
        native = neonize._binder.gocode.DecryptPollVote
        answer = await asyncio.to_thread(native, self._client.uuid, event, len(event))
        model = ReturnFunctionWithError.FromString(answer.contents.get_bytes())
        if model.Error:
            raise RuntimeError(model.Error)
        return [option.hex() for option in model.PollVoteMessage.selectedOptions]

    async def typing(self, to: str, state: int, media: int) -> None:
        await self._client.send_chat_presence(_jid(to), ChatPresence(state), ChatPresenceMedia(media))

    async def download(self, id: str) -> str:  # noqa: A002
        return base64.b64encode(await self._client.download_any(self._messages[id].Message)).decode()

    async def mark_read(self, id: str) -> None:  # noqa: A002
        source = self._messages[id].Info.MessageSource
        await self._client.mark_read(id, chat=source.Chat, sender=source.Sender, receipt=ReceiptType.READ)

    async def group(self, to: str) -> dict[str, object]:
        info = await self._client.get_group_info(_jid(to))
        return {"subject": info.GroupName.Name, "members": len(info.Participants)}

    async def groups(self) -> list[str]:
        return [info.GroupName.Name for info in await self._client.get_joined_groups()]

    async def exists(self, phone: str) -> Any:
        return (await self._client.is_on_whatsapp(phone))[0].IsIn

    async def presence(self) -> None:
        """The client refuses until its name has come in the app state, of which it tells no event."""
        for _ in range(200):
            try:
                await self._client.send_presence(Presence.AVAILABLE)
            except Exception as error:
                if "PushName" not in str(error):
                    raise
            else:
                return
            await asyncio.sleep(0.05)
        raise RuntimeError("the push name never came")

    async def subscribe(self, phone: str) -> None:
        await self._client.subscribe_presence(_jid(phone))

    async def logout(self) -> None:
        await self._client.logout()


def _jid(to: str) -> Any:
    if "@" in to:
        user, server = to.split("@")
        return build_jid(user, server)
    return build_jid(to.removeprefix("+"))


async def run(driver: Driver) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(32))
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    pending = set()
    while line := await reader.readline():
        task = asyncio.create_task(answer(driver, json.loads(line)))
        pending.add(task)
        task.add_done_callback(pending.discard)


async def answer(driver: Driver, command: dict[str, Any]) -> None:
    number, name = command.pop("n"), command.pop("do")
    try:
        say(answer=number, result=await getattr(driver, name)(**command))
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is the answer
        say(answer=number, error=str(error) or type(error).__name__)


if __name__ == "__main__":
    log.setLevel(logging.DEBUG if os.environ.get("DRIVER_DEBUG") else logging.CRITICAL)
    asyncio.run(run(Driver(sys.argv[1], sys.argv[3])))
    os._exit(0)  # Go threads call back into ctypes thunks that an ordinary exit has freed
