import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";

const BIN = path.resolve(import.meta.dirname, "..", "bin", "leakproof.mjs");
const folder = mkdtempSync(path.join(tmpdir(), "leakproof-null-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** One request, given up after ten seconds, and a start of the program on a busy machine. */
const LIMIT_MS = 60_000;

/** Subjects that do nothing well: none of them may ever come out green. */
const SUBJECTS: readonly (readonly [string, RequestListener | null, number])[] = [
  ["nobody listens", null, 2],
  ["it accepts, and says nothing", () => undefined, 2],
  ["it says 200 {} to everything", answering(200, "{}"), 1],
  ["it says 404 to everything", answering(404, '{"error":"not found"}'), 1],
  ["it says 500 to everything", answering(500, "out of order"), 1],
  ["it says 401 to everything", answering(401, '{"error":"no"}'), 1],
  ["it sends no end of a body", (_request, response) => response.write("{"), 2],
  ["it hangs up at once", (request) => request.socket.destroy(), 1],
];

test.concurrent.each(SUBJECTS)(
  "%s: never conformant",
  async (what, listener, code) => {
    const { origin, close } = await subject(listener);
    try {
      const args = ["verify", "--target", origin, "--out", path.join(folder, what)];
      const child = spawn(process.execPath, [BIN, ...args], {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
        timeout: LIMIT_MS,
      });
      const ended = once(child, "close");
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      expect(await ended).toEqual([code, null]);
      expect(`${out}${err}`).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
      // What needs no world comes first.
      expect(err.split("\n")[0]).toMatch(/\bresolve\/wire\//);
    } finally {
      await close();
    }
  },
  LIMIT_MS + 10_000,
);

async function subject(listener: RequestListener | null) {
  const server = createServer(listener ?? undefined);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), "close");
  };
  if (listener === null) await close();
  return { origin: `http://127.0.0.1:${port}`, close };
}

function answering(status: number, body: string): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  };
}
