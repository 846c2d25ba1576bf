import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { CaseOutcome } from "../outcome.ts";
import { sampleCase, sampleExchange } from "../sample-record.ts";
import { reproduction } from "./reproduce.ts";

const HOSTILE = 'it\'s "$HOME" `id` $(id) \\ \n end';

function outcome(...exchanges: CaseOutcome["exchanges"]): CaseOutcome {
  const line = sampleCase({ steps: ["alice asks", "the operator acts", "bob asks", "later"] });
  return { line, area: "resolve/gate", findings: [], exchanges };
}

function asked(step: number, request: Partial<ReturnType<typeof sampleExchange>["request"]> = {}) {
  const whole = { method: "GET", target: "/-/ping", headers: [], body: "", ...request };
  return sampleExchange({ step, request: whole });
}

test("every request up to the step is a command, and what is no request a comment", () => {
  const upstream = sampleExchange({ step: 0, with: "acme" });
  expect(reproduction(outcome(asked(0), upstream, asked(2), asked(3)), 2)).toEqual([
    "# 1. alice asks",
    `curl -sS -g --path-as-is "$SUBJECT"/-/ping`,
    "# 2. the operator acts",
    "# 3. bob asks",
    `curl -sS -g --path-as-is "$SUBJECT"/-/ping`,
  ]);
});

test("a step that nothing was sent in cannot be reproduced", () => {
  expect(reproduction(outcome(asked(0)), 1)).toEqual([]);
});

test("credentials are placeholders, each user's their own", () => {
  const headers = [
    ["authorization", "Bearer [redacted]"],
    ["Content-Length", "2"],
  ] as const;
  const [, command] = reproduction(outcome(asked(0, { headers })), 0);
  expect(command).toBe(
    `curl -sS -g --path-as-is "$SUBJECT"/-/ping -H 'authorization: Bearer '"$BOB_TOKEN"`,
  );
});

test("a shell hands on what was sent, byte for byte, and runs nothing of it", () => {
  const request = { method: "POST", target: `/${HOSTILE}`, body: HOSTILE };
  const [, command = ""] = reproduction(outcome(asked(0, request)), 0);
  const script = command.replace(/^curl/, `printf '%s\\0'`);
  const env = { SUBJECT: "http://s.example", PATH: process.env["PATH"] ?? "" };
  const words = execFileSync("sh", ["-c", script], { env, encoding: "utf8" }).split("\0");
  expect(words).toContain(`http://s.example/${HOSTILE}`);
  expect(words).toContain(HOSTILE);
});

test("bytes come back from base64, raw ones go by a plain socket, and a cut body says so", () => {
  const commandFor = (request: Parameters<typeof asked>[1]) =>
    reproduction(outcome(asked(0, request)), 0)[1];
  expect(commandFor({ method: "PUT", body: "base64:AAEC" })).toMatch(
    /^printf %s AAEC \| base64 -d \| curl .* --data-binary @-$/,
  );
  expect(commandFor({ method: "RAW", body: "GET / HTTP/1.1" })).toBe(
    `printf %s 'GET / HTTP/1.1' | nc "$SUBJECT_HOST" "$SUBJECT_PORT"`,
  );
  expect(commandFor({ body: "{… (9000 bytes)" })).toMatch(/# cut in the record$/);
});
