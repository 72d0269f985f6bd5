"""The call that sends what stands in the form, in four languages."""

import json
import shlex

from messageapi.panel.samples import Sample

PATH = "/api/v1/messages"


def calls(base_url: str, key: str, body: dict[str, object]) -> list[Sample]:
    """Every language gets the very text: quotes, line ends and emoji included."""
    url = base_url + PATH
    written = json.dumps(body, ensure_ascii=False, indent=2)
    return [
        Sample("curl", "curl", _curl(url, key, written)),
        Sample("python", "Python", _python(url, key, written)),
        Sample("php", "PHP", _php(url, key, body)),
        Sample("node", "Node", _node(url, key, written)),
    ]


def _curl(url: str, key: str, written: str) -> str:
    return (
        f'curl {url} \\\n  -H "X-API-Key: {key}" \\\n  -H "Content-Type: application/json" \\\n'
        f"  -d {shlex.quote(written)}"
    )


def _python(url: str, key: str, written: str) -> str:
    return (
        f'import requests\n\nanswer = requests.post(\n    "{url}",\n    headers={{"X-API-Key": "{key}"}},\n'
        f"    json={_indented(written, '    ')},\n    timeout=30,\n)\nprint(answer.json())"
    )


def _php(url: str, key: str, body: dict[str, object]) -> str:
    fields = "\n".join(f"        {_quoted(name)} => {_quoted(str(value))}," for name, value in body.items())
    return (
        f'$request = curl_init("{url}");\ncurl_setopt_array($request, [\n    CURLOPT_RETURNTRANSFER => true,\n'
        f'    CURLOPT_HTTPHEADER => ["X-API-Key: {key}", "Content-Type: application/json"],\n'
        f"    CURLOPT_POSTFIELDS => json_encode([\n{fields}\n    ]),\n]);\necho curl_exec($request);"
    )


def _node(url: str, key: str, written: str) -> str:
    return (
        f'const answer = await fetch("{url}", {{\n  method: "POST",\n'
        f'  headers: {{ "X-API-Key": "{key}", "Content-Type": "application/json" }},\n'
        f"  body: JSON.stringify({_indented(written, '  ')}),\n}});\nconsole.log(await answer.json());"
    )


def _indented(text: str, by: str) -> str:
    return text.replace("\n", f"\n{by}")


def _quoted(text: str) -> str:
    """For PHP: between single quotes nothing but the quote and the backslash is special."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
