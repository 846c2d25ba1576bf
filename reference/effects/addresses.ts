import { BlockList, isIP } from "node:net";
import type { Config } from "../config.ts";
import { publicRoutesOf } from "../config.ts";

/**
 * The connect-time check against DNS rebinding: a private, loopback, link-local or metadata address is
 * refused unless a route's own configured host is there.
 */
export function connectCheck(config: Config): (address: string, origin: string) => boolean {
  const configured = new Set(
    [
      ...config.internalOrigins,
      ...(config.probing === "on" ? config.probes.hosts : []),
      ...(config.officialRegistry === undefined ? [] : [config.officialRegistry]),
      ...publicRoutesOf(config).routes.map(({ registry }) => registry),
      ...Object.values(config.aliases).flatMap(({ registry, tarballOrigins }) => [
        registry,
        ...(tarballOrigins ?? []),
      ]),
    ].map((url) => new URL(url).origin),
  );
  return (address, origin) => configured.has(origin) || !isInternal(address);
}

/** Whether an IP address is one that the outside world has no business pointing us at. */
export function isInternal(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return INTERNAL.check(address, family === 6 ? "ipv6" : "ipv4");
}

const INTERNAL = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  INTERNAL.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const) {
  INTERNAL.addSubnet(net, prefix, "ipv6");
}
