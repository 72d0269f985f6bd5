"""The library's events about messages as events of our port.

Everything in them was written by somebody else: it is bounded here, and what cannot be believed has no letter.
"""

from messageapi.engines.linked.convert.messages import inbound
from messageapi.engines.linked.convert.reports import receipt, undecryptable

__all__ = ["inbound", "receipt", "undecryptable"]
