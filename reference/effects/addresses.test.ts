import { describe, expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { connectCheck, isInternal } from "./addresses.ts";

const INTERNAL = [
  ...["127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
  ...["169.254.169.254", "0.0.0.0", "100.64.0.1", "255.255.255.255", "224.0.0.1"],
  ...["::1", "::", "fc00::1", "fd12:3456::1", "fe80::1", "ff02::1"],
  ...["::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "not-an-address"],
];
const OUTSIDE = ["1.1.1.1", "172.32.0.1", "192.169.0.1", "100.128.0.1", "2606:4700::1111"];

describe("[resolve.boundary.addresses] what a name comes to is looked at when it is connected to", () => {
  test.each(INTERNAL)("%s is an address inside", (address) => {
    expect(isInternal(address)).toBe(true);
  });

  test.each(OUTSIDE)("%s is one outside", (address) => {
    expect(isInternal(address)).toBe(false);
  });

  test("an address inside is refused, unless a route's own configured host is there", () => {
    const config = parseConfig(
      [
        "secret: { env: SECRET }",
        "aliases:",
        "  acme:",
        "    registry: https://npm.acme.test/private/",
        "    credential: { env: ACME }",
        "    access: [alice]",
        "    generation: 1",
        "    tarballOrigins: [https://files.acme.test]",
      ].join("\n"),
      "addresses.yaml",
    );
    const mayConnect = connectCheck(config);
    expect(mayConnect("10.0.0.1", "https://npm.acme.test")).toBe(true);
    expect(mayConnect("10.0.0.1", "https://files.acme.test")).toBe(true);
    expect(mayConnect("10.0.0.1", "http://npm.acme.test")).toBe(false);
    expect(mayConnect("10.0.0.1", "https://rebound.example.test")).toBe(false);
    expect(mayConnect("1.1.1.1", "https://rebound.example.test")).toBe(true);
  });
});
