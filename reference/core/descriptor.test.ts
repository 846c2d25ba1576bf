import { expect, test } from "vitest";
import { aliasDescriptor, epochOf, hostedDescriptor } from "./descriptor.ts";
import { samplePolicy } from "./sample-policy.ts";

const SECRET = "a-test-secret";
const EPOCH = epochOf(SECRET, 1, "Bearer fake-upstream-credential");

test("a descriptor is an HMAC under the secret, and says nothing [resolve.descriptor.opaque]", () => {
  const { digest } = aliasDescriptor(SECRET, { name: "acme", epoch: EPOCH }, null);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  const other = aliasDescriptor("another-secret", { name: "acme", epoch: EPOCH }, null);
  expect(other.digest).not.toBe(digest);
});

test("key inputs are unambiguous: what is cut elsewhere is another [resolve.descriptor.opaque]", () => {
  const digests = [
    aliasDescriptor(SECRET, { name: "ab", epoch: "c" }, null),
    aliasDescriptor(SECRET, { name: "a", epoch: "bc" }, null),
    aliasDescriptor(SECRET, { name: "a", epoch: "b" }, "c"),
    hostedDescriptor(SECRET, { pattern: "a", access: ["b", "c"] }),
    hostedDescriptor(SECRET, { pattern: "a", access: ["bc"] }),
    hostedDescriptor(SECRET, { pattern: "ab", access: ["c"] }),
  ].map(({ digest }) => digest);
  expect(new Set(digests).size).toBe(digests.length);
});

test("an epoch changes with the generation and with the credential, and hides both", () => {
  const epochs = [
    EPOCH,
    epochOf(SECRET, 2, "Bearer fake-upstream-credential"),
    epochOf(SECRET, 1, "Bearer another-credential"),
    epochOf(SECRET, 11, "Bearer fake-upstream-credential"),
  ];
  expect(new Set(epochs).size).toBe(epochs.length);
  expect(epochs.join(" ")).not.toContain("credential");
});

test("the order and repetition of a policy's names make no other policy", () => {
  const one = hostedDescriptor(SECRET, { pattern: "@corp/*", access: ["bob", "alice", "bob"] });
  const other = hostedDescriptor(SECRET, { pattern: "@corp/*", access: ["alice", "bob"] });
  expect(one.digest).toBe(other.digest);
});

test("a policy's digest holds no credential", () => {
  expect(samplePolicy().digest).toMatch(/^[0-9a-f]{64}$/);
});
