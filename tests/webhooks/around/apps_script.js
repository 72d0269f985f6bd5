// Does with a web app what Google Apps Script does: no headers, one lock, a cache, a sheet; what ContentService makes is
// answered with a redirect. Usage: node apps_script.js CODE PORT, with the script property in the environment.
const fs = require("node:fs");
const http = require("node:http");
const vm = require("node:vm");

const kept = new Map();
const around = {
  PropertiesService: { getScriptProperties: () => ({ getProperty: (name) => process.env[name] ?? null }) },
  LockService: { getScriptLock: () => ({ waitLock() {}, releaseLock() {} }) },
  CacheService: {
    getScriptCache: () => ({
      get: (key) => kept.get(key) ?? null,
      put: (key, value, seconds) => {
        if (seconds > 21600 || key.length > 250) throw new Error("Argument too large");
        kept.set(key, value);
      },
    }),
  },
  SpreadsheetApp: {
    getActiveSpreadsheet: () => ({
      getSheets: () => [{ appendRow: ([, type, data]) => console.log(type, data) }],
    }),
  },
  HtmlService: { createHtmlOutput: (text) => ({ status: 200, text }) },
  ContentService: { createTextOutput: (text) => ({ status: 302, text }) },
};
vm.createContext(around);
vm.runInContext(fs.readFileSync(process.argv[2], "utf8"), around);

const server = http.createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const url = new URL(request.url, "http://script");
  const contents = Buffer.concat(parts).toString("utf8");
  try {
    const out = around.doPost({
      parameter: Object.fromEntries(url.searchParams),
      postData: { contents, type: request.headers["content-type"] },
    });
    response.writeHead(out.status).end(out.text);
  } catch {
    response.writeHead(500).end();
  }
});
server.listen(Number(process.argv[3]), "127.0.0.1");
