"""`Idempotency-Key`: a request that is repeated gets its first answer again and is not carried out a second time.

Owns the table idempotency; emits nothing. A key is committed in the transaction of what it stands for, so a crash
leaves both or neither.
"""
