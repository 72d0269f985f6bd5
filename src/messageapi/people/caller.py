"""What a person may do, by their role."""

from messageapi.people.logins.session import SignedIn
from messageapi.vocab.caller import SCOPES, Caller

EVERYTHING = frozenset(SCOPES)
READING = frozenset(scope for scope in SCOPES if scope.endswith(":read"))
SCOPES_OF = {"owner": EVERYTHING, "admin": EVERYTHING, "viewer": READING}


def caller_of(signed_in: SignedIn) -> Caller:
    """For the verbs of all rooms."""
    return Caller(signed_in.account_id, None, SCOPES_OF[signed_in.role], person_id=signed_in.person_id)
