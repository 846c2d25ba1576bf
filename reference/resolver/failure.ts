import type { Resolution } from "../ports.ts";

/** A resolve that ends with a code of ours: the whole of it, however optional the dependency was. */
export class Declined extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "Declined";
    this.code = code;
  }
}

/**
 * What a real client answers by resolving locally: the request asks for something that is not served
 * here.
 */
export function unsupported(field: string, why: string): Declined {
  return new Declined("ERR_PNPR_UNSUPPORTED_REQUEST_FIELD", `${field}: ${why}`);
}

/**
 * Where the projects of a request would stand. Nothing is ever there, so every probe of it finds
 * nothing.
 */
export const VIRTUAL_ROOT = "/.leakproof-virtual-workspace";

/** An error of the walk as a value: pnpm's code where it has one, and a message without URLs or paths. */
export function failureOf(error: unknown): Extract<Resolution, { ok: false }> {
  const code = codeOf(error) ?? "ERR_PNPR_RESOLVE_FAILED";
  if (isMissing(error, code)) {
    return { ok: false, code, message: `${error.pkgName} is not in its registry` };
  }
  return { ok: false, code, message: redact(wordsOf(error)) };
}

const INSIDES = "the resolver could make nothing of this request";

/** A `TypeError` or an error of the system say more of the library's insides than of the request. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return INSIDES;
  const plain = error.constructor === Error && !("code" in error);
  return plain || codeOf(error) !== undefined ? error.message : INSIDES;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" && /^ERR_PNP[MR]_/.test(code) ? code : undefined;
}

/** The library words a 404 with the whole URL; the name is all that the caller needs. */
function isMissing(error: unknown, code: string): error is { readonly pkgName: string } {
  if (code !== "ERR_PNPM_FETCH_404" || typeof error !== "object" || error === null) return false;
  return "pkgName" in error && typeof error.pkgName === "string";
}

/**
 * Takes out URLs, with or without a scheme, and where the virtual workspace would stand on this
 * machine.
 */
function redact(text: string): string {
  return text
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`,)]*/gi, "(url)")
    .replace(/\b[\w.-]+@[\w.-]+:[^\s"'`,)]+\/[^\s"'`,)]*/g, "(url)")
    .replace(/(^|[\s"'`(])\/\/[^\s"'`,)]+/g, "$1(url)")
    .replace(/ while fetching it from \(url\)/, "")
    .replace(/[./\\]*\.leakproof-virtual-workspace/g, "<ROOT>");
}
