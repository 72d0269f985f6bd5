"""The call that sends what stands in the form, in four languages; a file is uploaded first."""

import json
import shlex

from messageapi.panel.samples import Sample

PATH = "/api/v1/messages"
UPLOAD = "/api/v1/media"
MEDIA = "MEDIA_ID"
"""Stands in a body where the id of the uploaded file goes."""


def calls(base_url: str, key: str, body: dict[str, object], file: str = "") -> list[Sample]:
    """Every language gets the very text: quotes, line ends and emoji included."""
    url, upload = base_url + PATH, (base_url + UPLOAD, file)
    written = json.dumps(body, ensure_ascii=False, indent=2)
    return [
        Sample("curl", "curl", (_curl_file(*upload, key) if file else "") + _curl(url, key, written)),
        Sample("python", "Python", _python(url, key, written, _python_file(*upload, key) if file else "")),
        Sample("php", "PHP", (_php_file(*upload, key) if file else "") + _php(url, key, body)),
        Sample("node", "Node", (_node_file(*upload, key) if file else "") + _node(url, key, written)),
    ]


def _curl(url: str, key: str, written: str) -> str:
    said = shlex.quote(written).replace(f'"{MEDIA}"', "\"'$MEDIA_ID'\"")
    return f'curl {url} \\\n  -H "X-API-Key: {key}" \\\n  -H "Content-Type: application/json" \\\n  -d {said}'


def _curl_file(url: str, file: str, key: str) -> str:
    part = shlex.quote(f'file=@"{_escaped(file)}"')
    return f'MEDIA_ID=$(curl -s {url} -H "X-API-Key: {key}" -F {part} | grep -o "med_[0-9a-z]*")\n'


def _python(url: str, key: str, written: str, before: str) -> str:
    said = _indented(written, "    ").replace(f'"{MEDIA}"', 'media["id"]')
    return (
        f'import requests\n\n{before}answer = requests.post(\n    "{url}",\n    headers={{"X-API-Key": "{key}"}},\n'
        f"    json={said},\n    timeout=30,\n)\nprint(answer.json())"
    )


def _python_file(url: str, file: str, key: str) -> str:
    opened = f'with open({json.dumps(file, ensure_ascii=False)}, "rb") as file:\n'
    given = f'        headers={{"X-API-Key": "{key}"}},\n        files={{"file": file}},\n        timeout=60,\n'
    return f'{opened}    media = requests.post(\n        "{url}",\n{given}    ).json()\n'


def _php(url: str, key: str, body: dict[str, object]) -> str:
    fields = "\n".join(f"        {_quoted(name)} => {_quoted(str(value))}," for name, value in body.items())
    fields = fields.replace(f"'{MEDIA}'", '$media["id"]')
    return (
        f'$request = curl_init("{url}");\ncurl_setopt_array($request, [\n    CURLOPT_RETURNTRANSFER => true,\n'
        f'    CURLOPT_HTTPHEADER => ["X-API-Key: {key}", "Content-Type: application/json"],\n'
        f"    CURLOPT_POSTFIELDS => json_encode([\n{fields}\n    ]),\n]);\necho curl_exec($request);"
    )


def _php_file(url: str, file: str, key: str) -> str:
    return (
        f'$upload = curl_init("{url}");\ncurl_setopt_array($upload, [\n    CURLOPT_RETURNTRANSFER => true,\n'
        f'    CURLOPT_HTTPHEADER => ["X-API-Key: {key}"],\n'
        f'    CURLOPT_POSTFIELDS => ["file" => new CURLFile({_quoted(file)})],\n]);\n'
        "$media = json_decode(curl_exec($upload), true);\n"
    )


def _node(url: str, key: str, written: str) -> str:
    said = _indented(written, "  ").replace(f'"{MEDIA}"', "media.id")
    return (
        f'const answer = await fetch("{url}", {{\n  method: "POST",\n'
        f'  headers: {{ "X-API-Key": "{key}", "Content-Type": "application/json" }},\n'
        f"  body: JSON.stringify({said}),\n}});\nconsole.log(await answer.json());"
    )


def _node_file(url: str, file: str, key: str) -> str:
    name = json.dumps(file, ensure_ascii=False)
    return (
        f'const {{ openAsBlob }} = await import("node:fs");\nconst form = new FormData();\n'
        f'form.append("file", await openAsBlob({name}), {name});\n'
        f'const media = await fetch("{url}", {{\n  method: "POST",\n  headers: {{ "X-API-Key": "{key}" }},\n'
        f"  body: form,\n}}).then((uploaded) => uploaded.json());\n"
    )


def _indented(text: str, by: str) -> str:
    return text.replace("\n", f"\n{by}")


def _escaped(file: str) -> str:
    """For curl, which reads a name between double quotes."""
    return file.replace("\\", "\\\\").replace('"', '\\"')


def _quoted(text: str) -> str:
    """For PHP: between single quotes nothing but the quote and the backslash is special."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
