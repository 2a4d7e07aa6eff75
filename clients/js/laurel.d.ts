/** An error from Laurel. Its problem document (RFC 9457) is in `problem`. */
export class LaurelError extends Error {
  /** The stable code (docs/api.md, Errors), `job_timeout`, or `unexpected_response`. */
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;
  /** Seconds to wait before a retry; 0 or undefined if unknown. */
  readonly retryAfter?: number;
  readonly problem: Record<string, unknown>;
}

export interface Options {
  /** The base URL of Laurel. By default, the origin that served this module. */
  base?: string;
  /** A verifier's API key. Never use one in a browser. */
  key?: string;
  signal?: AbortSignal;
  /** Maximum seconds to wait in total when Laurel asks the client to (`Retry-After`). By default 60. */
  maxWait?: number;
}

export interface VerifyOptions extends Options {
  /** The email address that the credential should have been issued to. */
  recipient?: string;
  /** Whether to get a signed receipt as well, in `receipt` of the report. */
  receipt?: boolean;
}

export interface BatchOptions extends Options {
  report?: "summary" | "full";
  /** Maximum seconds to wait for a job. By default 600. */
  timeout?: number;
  /** Makes it safe to retry the batch. Needs a key. */
  idempotencyKey?: string;
}

export type Verdict = "valid" | "expired" | "not_yet_valid" | "revoked" | "suspended" | "invalid" | "unknown";
export type Outcome = "passed" | "failed" | "unknown" | "not_applicable";

export interface Finding {
  number?: number;
  check: string;
  outcome: Outcome;
  code: string;
  message?: string;
}

export interface Summary {
  verdict: Verdict;
  checked_at: string;
  format: string | null;
  /** Whether the issuer is who it claims to be. Unless `passed`, anyone could have issued it. */
  issuer_check: Outcome | null;
  findings: Finding[];
  replaced_by?: { id: string; url: string };
}

export interface Report extends Summary {
  /** The signed contents. The issuer wrote them: show them as text, never as HTML. */
  credential: Record<string, unknown> | null;
  /** What was not checked, in words. Show it to the person who makes the decision. */
  not_checked: string[];
  receipt?: { id: string; url: string; jws: string; keys: string };
}

/** A link, a JWT or JSON as text, a credential, or a presentation with the challenge and domain that its holder signed. */
export type Input = string | object | { credential: object | string; challenge?: string; domain?: string };
/** By default, `ref` is the position of the item. */
export type Item = { ref?: string; url: string } | { ref?: string; credential: object | string };
export type BatchResult = { ref: string | null } & (Summary | Report | { problem: Record<string, unknown> });

/** Verify a credential. A forgery also gets a report, not an error. */
export function verify(input: Input | Blob | Uint8Array, options?: VerifyOptions): Promise<Report>;

/** Verify a batch, and wait if it becomes a job. The results are in the order of the items. */
export function verifyBatch(items: (string | object | Item)[], options?: BatchOptions): Promise<BatchResult[]>;
