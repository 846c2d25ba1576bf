import { expect, test } from "vitest";
import { must } from "./case.ts";
import { neededBy } from "./needs.ts";
import { as, operator, passes, restarts, together, upstream } from "./steps.ts";

test.each([
  ["a plain request", [as("alice").resolves("web")], []],
  ["time", [passes({ ms: 1 })], ["clock"]],
  ["a restart", [restarts()], ["restart"]],
  ["a change of the config", [operator.revokes("bob", { from: "acme" })], ["live-changes"]],
  ["a revoked token", [operator.revokesTokensOf("bob")], ["logout"]],
  ["raw bytes", [as("alice").sendsRaw(["GET / HTTP/1.1\r\n\r\n"])], ["wire"]],
  [
    "serving nobody in particular",
    [as("anonymous").resolves("web").isServed()],
    ["anonymous-resolve"],
  ],
  ["refusing that", [as("anonymous").resolves("web").isRefused()], []],
  ["a denial", [upstream("acme").answers(403), as("alice").resolves("web")], []],
  ["an outage", [upstream("acme").answers(503), as("alice").resolves("web")], ["quick-retry"]],
  ["silence", [upstream("acme").hangs(), together(as("alice").verifies("web"))], ["quick-retry"]],
  [
    "an outage that is over",
    [upstream("a").resets(), upstream("a").recovers(), as("b").resolves("c")],
    [],
  ],
  [
    "an outage that nobody resolves in",
    [upstream("a").resets(), as("b").reads("c", { via: "a" })],
    [],
  ],
])("%s", (_what, steps, needs) => {
  expect(neededBy(steps)).toEqual(needs);
});

test("a case needs what its steps need, but for what it is there to show the lack of", () => {
  const text = { title: "t", cites: [], world: "w", steps: [restarts(), passes({ ms: 1 })] };
  expect(must("a/b/c", { ...text, needs: ["clock", "gateway"] }).needs).toEqual([
    ...["clock", "gateway", "restart"],
  ]);
  expect(must("a/b/c", { ...text, despite: ["clock"] }).needs).toEqual(["restart"]);
});
