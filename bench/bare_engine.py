"""The protocol library alone: a loop around neonize's SendMessage; of the product only the trust it needs.

A process of its own: `python -m bench.bare_engine PLAN` where PLAN is JSON; prints one line of JSON.
"""

import asyncio
import ctypes
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import msgspec

sys.modules["magic"] = ModuleType("magic")  # guesses types, which nobody asks for here; it would need libmagic

from neonize._binder import (  # noqa: E402
    ProxySettings,
    func_callback_bytes,
    func_callback_bytes2,
    func_string,
    gocode,
)
from neonize.proto.Neonize_pb2 import SendMessageReturnFunction  # noqa: E402
from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps  # noqa: E402
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import Message  # noqa: E402
from neonize.utils.jid import build_jid  # noqa: E402

from bench.bare_plan import Plan, Report  # noqa: E402
from messageapi.engines.linked.trust import replace_root_key  # noqa: E402
from messageapi.sandbox import published  # noqa: E402
from messageapi.sandbox.client import SandboxControl  # noqa: E402

# Journal in WAL: without it the library's default journal halves the rate. The library appends "?_foreign_keys=on".
DSN = "{file}?_foreign_keys=on&_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=5000&x="
CONNECTED, MESSAGE, RECEIPT = 3, 17, 18
LINK_S = 60.0


@dataclass
class Bare:
    """One linked device. It keeps every callback alive: the library calls them until the process ends."""

    phone: str
    file: Path
    proxy: str
    codes: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    latencies: list[float] = field(default_factory=list)
    failed: int = 0

    def start(self) -> None:
        loop = asyncio.get_running_loop()

        def on_qr(_: object, text: int) -> None:
            loop.call_soon_threadsafe(self.codes.put_nowait, ctypes.string_at(text).decode())

        def on_event(_: object, __: object, ___: int, code: int) -> None:
            if code == CONNECTED:
                loop.call_soon_threadsafe(self.connected.set)

        self._callbacks = (
            func_string(on_qr),
            func_string(lambda *_: None),
            func_callback_bytes(on_event),
            func_callback_bytes2(lambda *_: None),
        )
        threading.Thread(target=self._live, daemon=True).start()

    def _live(self) -> None:
        wanted = bytearray((CONNECTED, MESSAGE, RECEIPT))
        props = DeviceProps(os="Bench", platformType=DeviceProps.CHROME).SerializeToString()
        proxy = ProxySettings(proxy_address=self.proxy)._to_c_struct()  # noqa: SLF001 - the only way to give it to the library
        wanted_buffer = (ctypes.c_char * len(wanted)).from_buffer(wanted)
        told = (wanted_buffer, len(wanted), props, len(props), b"", 0, ctypes.byref(proxy))
        name = DSN.format(file=self.file).encode()
        gocode.Neonize(name, self.phone.encode(), b"", 0, 1, b"ERROR", *self._callbacks, *told)

    def send(self, to: str, text: str) -> None:
        jid, message = build_jid(to.lstrip("+")).SerializeToString(), Message(conversation=text).SerializeToString()
        begun = time.perf_counter()
        answer = SendMessageReturnFunction.FromString(
            gocode.SendMessage(self.phone.encode(), jid, len(jid), message, len(message))
        )
        self.latencies.append(time.perf_counter() - begun)
        self.failed += bool(answer.Error)

    def send_all(self, recipients: list[str], each: int, label: str) -> None:
        for n in range(each):
            to = recipients[n % len(recipients)]
            self.send(to, f"{label} {self.phone} {to} {n}")


async def _linked(plan: Plan, found: published.Published, control: SandboxControl) -> list[Bare]:
    """One after another: the library does not bear two connects at once."""
    numbers = []
    for phone in plan.numbers:
        await control.create_phone(phone)
        bare = Bare(phone, Path(plan.store) / f"{phone}.db", found.front)
        bare.start()
        await control.scan(phone, await asyncio.wait_for(bare.codes.get(), LINK_S))
        await asyncio.wait_for(bare.connected.wait(), LINK_S)
        numbers.append(bare)
    return numbers


def _together(numbers: list[Bare], plan: Plan, each: int, label: str) -> float:
    threads = [
        threading.Thread(target=one.send_all, args=(recipients, each, label))
        for one, recipients in zip(numbers, plan.recipients, strict=True)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun


async def _main(plan: Plan) -> Report:
    folder = Path(plan.network)
    found = published.read(folder)
    replace_root_key("sandbox", bytes.fromhex(found.root_key))
    async with SandboxControl.from_folder(folder) as control:
        for phone in {phone for recipients in plan.recipients for phone in recipients}:
            await control.create_phone(phone)
        numbers = await _linked(plan, found, control)
    await asyncio.to_thread(_together, numbers, plan, max(map(len, plan.recipients)), "warm")
    for one in numbers:
        one.latencies.clear()
    started = time.time_ns() // 1_000_000
    cpu = time.process_time()
    seconds = await asyncio.to_thread(_together, numbers, plan, plan.each, plan.label)
    latencies = [spent for one in numbers for spent in one.latencies]
    return Report(
        len(latencies), sum(one.failed for one in numbers), seconds, started, latencies, time.process_time() - cpu
    )


if __name__ == "__main__":
    report = asyncio.run(_main(msgspec.json.decode(sys.argv[1], type=Plan)))
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.flush()
    os._exit(0)  # the library's threads never end by themselves
