"""How a receiver of webhooks verifies what comes, in several languages, with the endpoint's own secret filled in."""

from messageapi.panel.samples import Sample

NO_SECRET = "whsec_..."  # noqa: S105 - where a secret goes


def verifying(secret: str = NO_SECRET) -> list[Sample]:
    """Each raises, or answers 401, for what is not from us."""
    return [Sample(tag, name, text.strip().replace("$SECRET", secret)) for tag, name, text in _VERIFYING]


_VERIFYING = (
    (
        "python",
        "Python",
        """
from standardwebhooks import Webhook  # pip install standardwebhooks

def verified(headers, body):
    "The event; raises WebhookVerificationError. `body` is the bytes as they came."
    return Webhook("$SECRET").verify(body, dict(headers))
""",
    ),
    (
        "php",
        "PHP",
        """
function verified(array $headers, string $body): ?array {
    $key = base64_decode(substr("$SECRET", strlen("whsec_")));
    [$id, $time] = [$headers["webhook-id"] ?? "", $headers["webhook-timestamp"] ?? ""];
    if (abs(time() - (int) $time) > 300) return null;
    $wanted = "v1," . base64_encode(hash_hmac("sha256", "$id.$time.$body", $key, true));
    foreach (explode(" ", $headers["webhook-signature"] ?? "") as $given) {
        if (hash_equals($wanted, $given)) return json_decode($body, true);
    }
    return null;
}
""",
    ),
    (
        "node",
        "Node",
        """
const crypto = require("node:crypto");

function verified(headers, body) {
  const key = Buffer.from("$SECRET".slice("whsec_".length), "base64");
  const id = headers["webhook-id"], time = headers["webhook-timestamp"];
  if (!(Math.abs(Date.now() / 1000 - Number(time)) < 300)) return null;
  const wanted = crypto.createHmac("sha256", key).update(`${id}.${time}.`).update(body).digest();
  const right = (headers["webhook-signature"] || "").split(" ").some((each) => {
    const given = Buffer.from(each.replace(/^v1,/, ""), "base64");
    return given.length === wanted.length && crypto.timingSafeEqual(given, wanted);
  });
  return right ? JSON.parse(body) : null;
}
""",
    ),
    (
        "go",
        "Go",
        """
import standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

func verified(headers http.Header, body []byte) error {
	webhook, err := standardwebhooks.NewWebhook("$SECRET")
	if err != nil {
		return err
	}
	return webhook.Verify(body, headers)
}
""",
    ),
)
