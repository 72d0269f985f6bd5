// Shows the OpenAPI document. Nothing leaves this server: no remote fonts, proxy, telemetry, assistant or sharing.
const nonce = document.currentScript.dataset.styleNonce;
const create = document.createElement.bind(document);
document.createElement = (name, options) => {
  const element = create(name, options);
  if (String(name).toLowerCase() === "style") element.nonce = nonce; // the page's policy lets only these styles in
  return element;
};

addEventListener("DOMContentLoaded", () => {
  Scalar.createApiReference("#reference", {
    url: "/openapi.json",
    theme: "default",
    withDefaultFonts: false,
    proxyUrl: "",
    telemetry: false,
    persistAuth: false,
    agent: { disabled: true, hideAddApi: true },
    mcp: { disabled: true },
    hideClientButton: true,
    showDeveloperTools: "never",
    documentDownloadType: "json",
    authentication: { preferredSecurityScheme: "apiKey" },
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
    metaData: { title: "MessageAPI: API reference" },
  });
});
