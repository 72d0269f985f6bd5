"""Door: where files lie while messages need them, sealed. A folder by default, an S3-compatible store by setting.

Knows no account and no message: a name finds the sealed bytes, a key opens them, and the key is kept elsewhere.
"""
