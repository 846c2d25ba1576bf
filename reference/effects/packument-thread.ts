import { parentPort } from "node:worker_threads";
import { isPackument } from "../core/documents.ts";
import type { CheckOrder, CheckReport } from "./packument-check.ts";

/** The thread that parses large packuments, only to say whether they are any. */
parentPort?.on("message", ({ question, body, name }: CheckOrder) => {
  const report: CheckReport = { question, holds: isPackument(body, name) };
  parentPort?.postMessage(report);
});
