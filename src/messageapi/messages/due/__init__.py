"""What has its time: scheduled messages become due, and what still waits when its end has come expires.

Owns no tables. Emits message.expired.
"""
