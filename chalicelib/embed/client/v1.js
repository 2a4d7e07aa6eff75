// Verify credentials: docs/quickstart.md. Never put an API key into a page.
export class LaurelError extends Error {
  constructor(problem, status, retryAfter) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    Object.assign(this, { name: "LaurelError", code: problem.code || "unexpected_response", status, retryAfter, problem });
  }
}

const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

async function send(path, body, { base = import.meta.url, key, idempotencyKey, signal, maxWait = 60 }) {
  const headers = { Accept: "application/json" };
  if (key) headers.Authorization = `Bearer ${key}`;
  if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey;
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  const init = { method: body ? "POST" : "GET", headers, body, signal, credentials: "omit", redirect: "error" };
  for (;;) {
    const response = await fetch(new URL(path, base), init);
    const found = await response.json().catch(() => signal?.throwIfAborted());
    if (response.ok && found) return found;
    const wait = Number(response.headers.get("Retry-After")) || 0;
    if (wait <= 0 || wait > maxWait) throw new LaurelError(found ?? {}, response.status, wait);
    maxWait -= wait;
    await sleep(wait);
  }
}

function itemOf(input) {
  if (typeof input === "string" && /^\s*https?:/i.test(input)) return { url: input.trim() };
  const isItem = typeof input === "object" && !("@context" in input) && ("url" in input || "credential" in input);
  return isItem ? input : { credential: input };
}

export async function verify(input, options = {}) {
  const { recipient, receipt } = options, email = recipient != null && { recipient: { email: recipient } };
  let body = JSON.stringify({ ...itemOf(input), ...email, receipt });
  if (input instanceof Blob || input instanceof Uint8Array) {
    body = new FormData();
    body.append("file", new Blob([input]));
    if (email) body.append("recipient", recipient || " ");
    if (receipt) body.append("receipt", "true");
  }
  return send("/v1/verify", body, options);
}

export async function verifyBatch(items, { report, timeout = 600, idempotencyKey, ...options } = {}) {
  const path = "/v1/verify/batch", end = Date.now() + timeout * 1000;
  const sent = items.map((item, index) => ({ ref: `${index}`, ...itemOf(item) }));
  let answer = await send(path, JSON.stringify({ items: sent, report }), { ...options, idempotencyKey });
  while (!answer.results && !answer.links.results) {
    if (Date.now() >= end) throw new LaurelError({ code: "job_timeout", detail: answer.links.self }, 202);
    await sleep(2);
    answer = await send(`${path}/${answer.id}`, undefined, options);
  }
  let { results } = answer;
  if (!results) {
    const text = await (await fetch(answer.links.results, { signal: options.signal })).text();
    results = text.trim().split("\n").map((line) => JSON.parse(line));
  }
  if (results.length !== sent.length) throw new LaurelError({ detail: "Incomplete" }, 200);
  return results;
}
