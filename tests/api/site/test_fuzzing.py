"""The server keeps its OpenAPI document when it is fuzzed."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

from messageapi.app import openapi
from messageapi.compat.schemas import LONGEST_WAIT
from messageapi.settings import Settings

pytestmark = pytest.mark.slow
DOCUMENT: dict[str, Any] = openapi(Settings())
WAITING = {"/send.php", "/api/v1/send", "/api/v1/send/image", "/api/v1/send/document", "/api/v1/events"}
schema = schemathesis.openapi.from_dict(DOCUMENT)


def _wait_not(given: Any) -> None:
    """Nobody sends here, so every wait would be in vain; a wrong `wait` stays as it is."""
    if isinstance(given, dict) and str(given.get("wait", 0)).isdigit() and int(given.get("wait", 0)) <= LONGEST_WAIT:
        given["wait"] = 0


@schema.parametrize()
@examples(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
def test_the_server_keeps_its_document(case: schemathesis.Case[Any], served: Any) -> None:
    """Statuses, media types, shapes and headers as declared, wrong input refused; a 5xx only where it is declared."""
    if case.operation.path in WAITING:
        _wait_not(case.query if case.method == "GET" else case.body)
    response = case.call(base_url=served.url, headers={"X-API-Key": served.key})
    assert response.status_code != 500, response.text
    case.validate_response(response, excluded_checks=[not_a_server_error, positive_data_acceptance])


def test_the_document_is_valid(served: Any) -> None:
    document = httpx.get(f"{served.url}/openapi.json").json()
    assert document == DOCUMENT | {"servers": document["servers"]}
    schemathesis.openapi.from_dict(document).validate()
