"""The first call in six languages, with the reader's own address, key and number filled in."""

from typing import NamedTuple

PATH = "/api/v1/send"


class Sample(NamedTuple):
    """`tag` names the tab; one choice holds for all samples of the panel."""

    tag: str
    name: str
    text: str


def sending(base_url: str, key: str, recipient: str = "4915123456789") -> list[Sample]:
    """Send a text."""
    url, to = base_url + PATH, recipient.lstrip("+")
    return [Sample(tag, name, template.strip().format(url=url, key=key, to=to)) for tag, name, template in _SENDING]


_SENDING = (
    (
        "curl",
        "curl",
        """
curl {url} \\
  -H "X-API-Key: {key}" \\
  -H "Content-Type: application/json" \\
  -d '{{"recipient": "{to}", "text": "Hello"}}'
""",
    ),
    (
        "python",
        "Python",
        """
import requests

answer = requests.post(
    "{url}",
    headers={{"X-API-Key": "{key}"}},
    json={{"recipient": "{to}", "text": "Hello"}},
    timeout=70,
)
print(answer.json())
""",
    ),
    (
        "php",
        "PHP",
        """
<?php
$request = stream_context_create(["http" => [
    "method" => "POST",
    "header" => ["X-API-Key: {key}", "Content-Type: application/json"],
    "content" => json_encode(["recipient" => "{to}", "text" => "Hello"]),
    "ignore_errors" => true,
    "timeout" => 70,
]]);
echo file_get_contents("{url}", false, $request);
""",
    ),
    (
        "node",
        "Node",
        """
const answer = await fetch("{url}", {{
  method: "POST",
  headers: {{ "X-API-Key": "{key}", "Content-Type": "application/json" }},
  body: JSON.stringify({{ recipient: "{to}", text: "Hello" }}),
}});
console.log(await answer.json());
""",
    ),
    (
        "go",
        "Go",
        """
package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

func main() {{
	body := strings.NewReader(`{{"recipient": "{to}", "text": "Hello"}}`)
	request, _ := http.NewRequest("POST", "{url}", body)
	request.Header.Set("X-API-Key", "{key}")
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {{
		panic(err)
	}}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	fmt.Println(string(text))
}}
""",
    ),
    (
        "sheets",
        "Sheets",
        """
function send() {{
  const answer = UrlFetchApp.fetch("{url}", {{
    method: "post",
    contentType: "application/json",
    headers: {{ "X-API-Key": "{key}" }},
    payload: JSON.stringify({{ recipient: "{to}", text: "Hello" }}),
  }});
  Logger.log(answer.getContentText());
}}
""",
    ),
)
