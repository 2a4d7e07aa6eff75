// Verify credentials with Laurel (docs/quickstart.md). Never put an API key into a page.
const HERE = new URL(import.meta.url).origin;

export class LaurelError extends Error {
  constructor(problem, status, retryAfter) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    Object.assign(this, { name: "LaurelError", code: problem.code || "unexpected_response", status, retryAfter, problem });
  }
}

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function send(path, body, { base = HERE, key, idempotencyKey, signal, maxWait = 60 }) {
  const headers = { Accept: "application/json" };
  if (key) headers.Authorization = `Bearer ${key}`;
  if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey;
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  const method = body ? "POST" : "GET";
  const request = { method, headers, body, signal, credentials: "omit", redirect: "error" };
  for (let left = maxWait; ;) {
    const response = await fetch(new URL(path, base), request);
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    const wait = Number(response.headers.get("Retry-After"));
    if (![429, 503].includes(response.status) || !(wait > 0 && wait <= left)) {
      throw new LaurelError(problem ?? {}, response.status, wait);
    }
    left -= wait;
    await sleep(wait);
  }
}

const sourceOf = (input) => /^\s*https?:/i.test(input) ? { url: input.trim() } : { credential: input };

export async function verify(input, options = {}) {
  const { recipient, challenge, domain, receipt } = options;
  const to = recipient && { email: recipient };
  let body = JSON.stringify({ ...sourceOf(input), recipient: to, challenge, domain, receipt });
  if (input instanceof Blob) {
    if (challenge ?? domain) throw new TypeError("Send presentations as text");
    body = new FormData();
    body.append("file", input);
    if (recipient) body.append("recipient", recipient);
    if (receipt) body.append("receipt", "true");
  }
  return (await send("/v1/verify", body, options)).json();
}

export async function verifyBatch(items, { report, timeout = 600, idempotencyKey, ...options } = {}) {
  const sent = items.map((item) => typeof item === "string" ? sourceOf(item) : item);
  const read = async (path, body, more) => (await send("/v1/verify/batch" + path, body, { ...options, ...more })).json();
  let answer = await read("", JSON.stringify({ items: sent, report }), { idempotencyKey });
  if (answer.results) return answer.results;
  for (const end = Date.now() + timeout * 1000; answer.state !== "done";) {
    if (Date.now() > end) throw new LaurelError({ code: "job_timeout", detail: answer.links.self }, 202);
    await sleep(2);
    answer = await read("/" + answer.id);
  }
  const found = await fetch(answer.links.results, { signal: options.signal });
  if (!found.ok) throw new LaurelError({}, found.status);
  return (await found.text()).trim().split("\n").map((line) => JSON.parse(line));
}
