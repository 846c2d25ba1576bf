import { expect, test } from "vitest";
import { fillPlaces, namePlaces } from "./places.ts";

const PLACES = {
  npm: "http://127.0.0.1:4001",
  acme: "http://127.0.0.1:4002/npm",
  depot: "http://127.0.0.1:4002/npm/depot",
  self: "http://127.0.0.1:4003",
};

test.each([
  { registry: "{acme}/", scopes: ["{self}/~acme/"] },
  { "{npm}/": "http://user:made-up@{npm-address}/" },
  ["{depot}/x.tgz", "{acme}/x.tgz", 1, null, "none"],
])("what was filled in is named again: %j", (value) => {
  const filled = fillPlaces(value, PLACES);
  expect(JSON.stringify(filled)).toMatch(/127\.0\.0\.1|none/);
  expect(namePlaces(filled, PLACES)).toEqual(value);
});

test("a host alone is named as well", () => {
  expect(namePlaces(["127.0.0.1:4001", "127.0.0.1:4002"], PLACES)).toEqual([
    "{npm-address}",
    "{acme-host}",
  ]);
});

test("a place's host is with its port, and its hostname is without", () => {
  const written = "http://{acme-hostname}:80{acme-path}/ http://{acme-host}/";
  expect(fillPlaces(written, PLACES)).toBe("http://127.0.0.1:80/npm/ http://127.0.0.1:4002/");
});

test("a name without a place stays, and a place of nothing names nothing", () => {
  expect(fillPlaces("{who} {npm}", PLACES)).toBe("{who} http://127.0.0.1:4001");
  expect(namePlaces("plain text", { npm: "" })).toBe("plain text");
});
