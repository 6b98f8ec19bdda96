// What docs/guides/clients.md promises of session.ts. Run by `tests/clients/typescript`.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { LoggedOut, Session, Unavailable } from "./session.js";

/** A token endpoint that responds with the given steps, one after the other. */
async function serve(t, steps) {
  const tokens = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    tokens.push(new URLSearchParams(body).get("refresh_token"));
    const step = steps.shift();
    if (step === "lost") return request.socket.destroy();
    response.writeHead(step.status, { "content-type": "application/json", ...step.headers });
    response.end(JSON.stringify(step.body));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  const storage = memory();
  const slept = [];
  const sleep = async (ms) => void slept.push(ms);
  const url = `http://127.0.0.1:${server.address().port}/token`;
  const session = new Session(url, "app", storage, mutex(), sleep);
  return { session, storage, tokens, slept, url };
}

function memory() {
  let tokens = { access: "a0", refresh: "r0", expiresAt: 0 };
  return { load: async () => tokens, save: async (saved) => void (tokens = saved) };
}

/** What `navigator.locks` is in a browser. */
function mutex() {
  let last = Promise.resolve();
  return (run) => {
    const result = last.then(run);
    last = result.catch(() => {});
    return result;
  };
}

const granted = { status: 200, body: { access_token: "a1", refresh_token: "r1", expires_in: 600 } };
const busy = (status) => ({ status, headers: { "retry-after": "7" }, body: { error: "x" } });

test("callers at the same time share one refresh", async (t) => {
  const { session, tokens } = await serve(t, [granted]);
  const calls = await Promise.all([1, 2, 3].map(() => session.accessToken()));
  assert.deepEqual(calls, ["a1", "a1", "a1"]);
  assert.deepEqual(tokens, ["r0"]);
});

test("a second tab takes what the first has refreshed", async (t) => {
  const { session, storage, tokens, url } = await serve(t, [granted]);
  const lock = mutex();
  const tabs = [1, 2].map(() => new Session(url, "app", storage, lock));
  assert.deepEqual(await Promise.all(tabs.map((tab) => tab.accessToken())), ["a1", "a1"]);
  assert.equal(await session.accessToken(), "a1");
  assert.deepEqual(tokens, ["r0"]);
});

test("a lost response is repeated with the same token", async (t) => {
  const { session, tokens } = await serve(t, ["lost", granted]);
  assert.equal(await session.accessToken(), "a1");
  assert.deepEqual(tokens, ["r0", "r0"]);
});

for (const status of [503, 429]) {
  test(`${status} waits for Retry-After and keeps the token`, async (t) => {
    const { session, storage, slept } = await serve(t, [busy(status), granted]);
    assert.equal(await session.accessToken(), "a1");
    assert.ok(slept[0] >= 7000);
    assert.equal((await storage.load()).refresh, "r1");
  });
}

test("a server that stays away ends nothing", async (t) => {
  const { session, storage } = await serve(t, Array(8).fill(busy(503)));
  await assert.rejects(session.accessToken(), Unavailable);
  assert.equal((await storage.load()).refresh, "r0");
});

test("invalid_grant logs out, and is not repeated", async (t) => {
  const denied = { status: 400, body: { error: "invalid_grant" } };
  const { session, storage, tokens } = await serve(t, [denied]);
  await assert.rejects(session.accessToken(), LoggedOut);
  await assert.rejects(session.accessToken(), LoggedOut);
  assert.equal(await storage.load(), null);
  assert.equal(tokens.length, 1);
});

test("another error is a mistake of the application, and keeps the token", async (t) => {
  const { session, storage } = await serve(t, [{ status: 400, body: { error: "invalid_scope" } }]);
  await assert.rejects(session.accessToken(), /invalid_scope/);
  assert.equal((await storage.load()).refresh, "r0");
});
