/** A JSON problem document (RFC 9457) of Laurel as an error. */
export class LaurelError extends Error {
  /** The stable code (docs/api.md, Errors), `job_timeout`, or `unexpected_response`. */
  readonly code: string;
  /** The HTTP status. */
  readonly status: number;
  /** Seconds after which the same request may work, 0 if unknown. */
  readonly retryAfter?: number;
  readonly problem: Record<string, unknown>;
}

export interface Options {
  /** The URL of Laurel. By default, the origin that served this module. */
  base?: string;
  /** A verifier's API key, only outside of browsers. */
  key?: string;
  signal?: AbortSignal;
  /** How many seconds to wait in total when Laurel asks for it (429, 503). By default 60. */
  maxWait?: number;
}

export interface VerifyOptions extends Options {
  /** The email address that the credential should have been issued to. */
  recipient?: string;
  challenge?: string;
  domain?: string;
  /** Whether to get a signed receipt as well, in `receipt` of the report. */
  receipt?: boolean;
}

export interface BatchOptions extends Options {
  report?: "summary" | "full";
  /** How many seconds to wait for a job. By default 600. */
  timeout?: number;
  /** Makes it safe to send the same batch again. Needs a key. */
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
  /** Whether the issuer is who it claims to be. Unless `passed`, anyone may have issued it. */
  issuer_check: Outcome | null;
  findings: Finding[];
  replaced_by?: { id: string; url: string };
}

export interface Report extends Summary {
  /** Only what the signature covers. Text from an issuer: show it as text, never as HTML. */
  credential: Record<string, unknown> | null;
  /** What was not checked, in words. Show it to whoever decides. */
  not_checked: string[];
  receipt?: { id: string; url: string; jws: string; keys: string };
}

export type Item = { ref?: string; url: string } | { ref?: string; credential: object | string };
export type BatchResult = { ref: string | null } & (Summary | Report | { problem: Record<string, unknown> });

/** Verify a link, a JWT or JSON as text, a credential as an object, or a file. */
export function verify(input: string | object | Blob, options?: VerifyOptions): Promise<Report>;

/** Verify many, and wait if they become a job. The results are in the order of the items. */
export function verifyBatch(items: (string | Item)[], options?: BatchOptions): Promise<BatchResult[]>;
