"""Headers every response carries: request id, the key's allowance, and what keeps browsers from misusing an answer."""

from messageapi.web.visit import Visit

Headers = list[tuple[bytes, bytes]]

_ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_UNLESS_SET: Headers = [
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_HTTPS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
_DEPRECATED: Headers = [
    (b"deprecation", b"@1795305600"),  # RFC 9745; keys in addresses are discouraged since this API exists
    (b"link", b'</docs/errors#key_in_address>; rel="deprecation"'),
]


def dress(given: Headers, visit: Visit, *, https: bool) -> Headers:
    """The response's own headers first; pages bring a wider content policy and assets their own caching."""
    named = {name.lower() for name, _ in given}
    worn = [*given, (b"x-request-id", visit.request_id.encode("ascii")), *_ALWAYS]
    worn += [pair for pair in _UNLESS_SET if pair[0] not in named]
    if https:
        worn.append(_HTTPS)
    if visit.deprecated:
        worn += _DEPRECATED
    if quota := visit.quota:
        worn += [
            (b"ratelimit-limit", b"%d" % quota.limit),
            (b"ratelimit-remaining", b"%d" % quota.remaining),
            (b"ratelimit-reset", b"%d" % quota.resets_in),
        ]
    return worn
