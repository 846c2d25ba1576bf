import { expect, test } from "vitest";
import { parseConfig } from "./config.ts";
import { needsRestart } from "./restart.ts";

const started = parseConfig("listen: 127.0.0.1:4873\n", "a.yaml");

test.each([
  ["unknownRoutes: anonymous\nteams: { acme: [alice] }\n", []],
  ["listen: 127.0.0.1:1\n", ["listen"]],
  ["data: elsewhere\n", ["data"]],
  ["operator: { listen: 127.0.0.1:2 }\n", ["operator"]],
  ["limits: { workers: 9, tries: 1 }\n", ["limits.workers"]],
  ["secret: { env: A }\ncache: { tidySeconds: 5 }\n", ["secret", "cache.tidySeconds"]],
])("%j waits for a restart with %j", (text, fields) => {
  expect(needsRestart(started, parseConfig(text, "a.yaml"))).toEqual(fields);
});
