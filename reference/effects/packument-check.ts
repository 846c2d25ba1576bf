import path from "node:path";
import { Worker } from "node:worker_threads";
import { isPackument } from "../core/documents.ts";

/** Says whether bytes are a packument, without keeping everybody waiting while a large one is parsed. */
export interface PackumentCheck {
  /** Whether they are one of that name. */
  holds(body: Uint8Array, name: string): Promise<boolean>;
  close(): Promise<void>;
}

/** What is parsed where it came: a few milliseconds' work. */
const HERE_BYTES = 256 * 1024;

export interface CheckOrder {
  readonly question: number;
  readonly body: Uint8Array;
  readonly name: string;
}

export interface CheckReport {
  readonly question: number;
  readonly holds: boolean;
}

/** Large bodies go to a thread of their own, which starts with the first of them. */
export function packumentCheck(hereBytes = HERE_BYTES): PackumentCheck {
  const waiting = new Map<number, (holds: boolean) => void>();
  let questions = 0;
  let thread: Worker | undefined;

  const started = (): Worker => {
    const worker = new Worker(PROGRAM, { env: {}, argv: [], execArgv: [] });
    worker.on("message", ({ question, holds }: CheckReport) => {
      waiting.get(question)?.(holds);
      waiting.delete(question);
      if (waiting.size === 0) worker.unref();
    });
    worker.on("error", () => undefined);
    // What a thread died of was no packument that anybody could read.
    worker.on("exit", () => {
      thread = undefined;
      for (const answer of waiting.values()) answer(false);
      waiting.clear();
    });
    return worker;
  };
  return {
    holds: (body, name) => {
      if (body.byteLength <= hereBytes) return Promise.resolve(isPackument(body, name));
      thread ??= started();
      thread.ref();
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const question = ++questions;
      waiting.set(question, resolve);
      const copy = new Uint8Array(body);
      const order: CheckOrder = { question, body: copy, name };
      thread.postMessage(order, [copy.buffer]);
      return promise;
    },
    close: async () => {
      await thread?.terminate();
    },
  };
}

/** Beside this file, in the form that this file has: `.ts` in the repository, `.js` where it was built. */
const PROGRAM = new URL(`./packument-thread${path.extname(import.meta.url)}`, import.meta.url);
