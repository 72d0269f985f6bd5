// Does with a Code node what n8n does: gives it what the Webhook node makes of a request with "Raw Body".
// Usage: node n8n.js CODE PORT. A node that fails is answered with 500, as "When Last Node Finishes" does.
const fs = require("node:fs");
const http = require("node:http");

const Code = Object.getPrototypeOf(async function () {}).constructor;
const code = new Code("$input", "require", fs.readFileSync(process.argv[2], "utf8"));

async function run(request, raw) {
  const item = {
    json: { headers: request.headers, params: {}, query: {}, body: JSON.parse(raw) },
    binary: { data: { data: raw.toString("base64"), mimeType: "application/json" } },
  };
  const helpers = { getBinaryDataBuffer: async (index, name) => Buffer.from([item][index].binary[name].data, "base64") };
  const allowed = (name) => (name === "crypto" ? require("node:crypto") : undefined);
  const [out] = await code.call({ helpers }, { first: () => item }, allowed);
  console.log(out.json.type, JSON.stringify(out.json.data));
}

const server = http.createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  run(request, Buffer.concat(parts)).then(
    () => response.writeHead(200).end("{}"),
    () => response.writeHead(500).end("{}"),
  );
});
server.listen(Number(process.argv[3]), "127.0.0.1");
