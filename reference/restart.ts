import { isDeepStrictEqual } from "node:util";
import type { Config } from "./config.ts";

/** The settings that a process takes up once, when it starts. */
const AT_START = [
  "listen",
  "data",
  "secret",
  "operator",
  "cache.tidySeconds",
  "limits.connectMs",
  "limits.responseMs",
  "limits.resolveMs",
  "limits.headBytes",
  "limits.headMs",
  "limits.workers",
  "limits.workerMemoryMb",
  "limits.queue",
];

/** Which settings differ from those that the process was started with, and wait for a restart. */
export function needsRestart(started: Config, next: Config): string[] {
  return AT_START.filter((field) => !isDeepStrictEqual(at(started, field), at(next, field)));
}

function at(config: Config, field: string): unknown {
  return field
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null
          ? (value as Readonly<Record<string, unknown>>)[key]
          : undefined,
      config,
    );
}
