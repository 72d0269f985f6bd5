"""The server of the loopback network: transport, login, pairing, keys, relay, receipts, groups, media and app state.

One file a stanza family. Handlers are plain functions on the state in `network.py`; `iq.py` holds their table.
"""
