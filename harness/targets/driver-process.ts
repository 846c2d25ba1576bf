import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { adopted, end } from "./process.ts";
import { StartFailed } from "./target.ts";

/** An executable that takes one order a line on its standard input and answers each with one line. */
export interface Driver {
  /**
   * Gives an order and waits for its answer. Throws `StartFailed` when there is none, when it is no JSON
   * object, and when the driver says `{"unsupported": "…"}`.
   */
  order(order: object): Promise<Readonly<Record<string, unknown>>>;
  /** What it wrote to standard error: the subject's log. */
  log(): string;
  end(): Promise<void>;
}

const ANSWER_MS = 60_000;

export function startDriver(file: string): Driver {
  const child = adopted(spawn(path.resolve(file), [], { stdio: ["pipe", "pipe", "pipe"] }));
  const logged: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => logged.push(chunk.toString("utf8")));
  // What is written to a driver that is gone fails here, and is told by its end.
  child.stdin.on("error", () => undefined);
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => undefined);
  child.once("error", (error: NodeJS.ErrnoException) => {
    gone.reject(new StartFailed(`${file} cannot be run (${error.code ?? error.message})`));
  });
  child.once("exit", (code, signal) => {
    const told = logged.join("").trim().split("\n").at(-1) ?? "";
    const how = code === null ? `by ${signal ?? "a signal"}` : `with code ${code}`;
    gone.reject(new StartFailed(`${file} ended ${how}${told === "" ? "" : `: ${told}`}`));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    order: async (order) => {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const [verb = ""] = Object.keys(order);
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        late.reject(new StartFailed(`${file} did not answer "${verb}" in ${ANSWER_MS / 1000} s`));
      }, ANSWER_MS);
      try {
        const line = await Promise.race([lines.next(), gone.promise, late.promise]);
        if (line.done === true) return await gone.promise;
        return answerIn(line.value, file, verb);
      } finally {
        clearTimeout(timer);
      }
    },
    log: () => logged.join(""),
    end: async () => {
      child.stdin.end();
      await end(child, "SIGTERM");
    },
  };
}

function answerIn(line: string, file: string, verb: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const shown = JSON.stringify(line.slice(0, 100));
    throw new StartFailed(`${file} answered "${verb}" with ${shown}, which is no JSON object`);
  }
  if ("unsupported" in value) {
    throw new StartFailed(`${file} does not support "${verb}": ${String(value.unsupported)}`);
  }
  return value as Readonly<Record<string, unknown>>;
}
