"""Talking to engine hosts and supervisors: one command out, one answer back, always with a deadline."""

import msgspec

from messageapi.bus import subjects
from messageapi.bus.port import Bus, BusError
from messageapi.engines.port import Answer, Command, Network, Refused, SessionSpec, Spawned, SpawnPairing
from messageapi.numbers.number import Credentials, journal_key_about
from messageapi.web.doors import Doors

SPAWN_DEADLINE_S = 30.0  # a pairing host loads an 18 MB library; on a busy machine that takes seconds
RELEASE_DEADLINE_S = 6.0

_answers: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)
_spawned: msgspec.msgpack.Decoder[Spawned | Refused] = msgspec.msgpack.Decoder(Spawned | Refused)


async def tell(bus: Bus, host_id: str, command: Command, deadline_s: float) -> Answer:
    """Raise BusError when the host does not answer in time."""
    answer = await bus.ask(subjects.host(host_id), msgspec.msgpack.encode(command), deadline_s=deadline_s)
    return _answers.decode(answer)


async def spawn_pairing(bus: Bus, network: Network) -> Spawned | Refused:
    payload = msgspec.msgpack.encode(SpawnPairing(network))
    return _spawned.decode(await bus.ask(subjects.SPAWN_PAIRING, payload, deadline_s=SPAWN_DEADLINE_S))


async def release(bus: Bus, host_id: str) -> bool:
    """End a pairing host; True when it is gone. A host nobody looks after ends by itself within its time."""
    try:
        await bus.ask(subjects.release(host_id), b"", deadline_s=RELEASE_DEADLINE_S)
    except BusError:
        return False
    return True


async def session_spec(doors: Doors, credentials: Credentials) -> SessionSpec:
    """With the journal key opened. Raise SealError when the master key is not the one it was sealed under."""
    sealer = await doors.keyring.sealer(credentials.account_id)
    key = sealer.open(credentials.sealed_journal_key, journal_key_about(credentials.number_id))
    return SessionSpec(
        number_id=credentials.number_id,
        epoch=credentials.epoch,
        network=credentials.network,
        folder=credentials.session_folder,
        journal_key=key,
        jid=credentials.jid or "",
    )
