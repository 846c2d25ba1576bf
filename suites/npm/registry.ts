import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

/** The registry surface: gated per package, and silent about what it gates. */
export const registryCases: readonly Case[] = [
  must("npm/gate/alias-packages", {
    title: "An alias's packages are read and downloaded by those whom it admits",
    cites: ["resolve.registry.gated"],
    world: "two-teams",
    steps: [
      as("alice")
        .reads("@acme/widget", { via: "acme" })
        .isServed({ omits: ["{acme}"] }),
      as("mallory")
        .reads("@acme/widget", { via: "acme" })
        .isRefused({ upstream: { acme: 0 } }),
      as("anonymous")
        .reads("@acme/widget", { via: "acme" })
        .isRefused({ upstream: { acme: 0 } }),
      as("bob").downloads("@acme/widget", "1.0.0", { via: "acme" }).isServed(),
      as("mallory")
        .downloads("@acme/widget", "1.0.0", { via: "acme" })
        .isRefused({ upstream: { acme: 0 } }),
      as("alice").downloads("@acme/widget", "1.0.0", { via: "acme" }).isServed(),
    ],
  }),
  must("npm/gate/hosted-packages", {
    title: "Hosted packages are read and downloaded by those whom their policy admits",
    cites: ["resolve.registry.gated", "resolve.class.hosted"],
    world: "two-teams",
    steps: [
      as("alice").reads("@corp/handbook", { via: "hosted" }).isServed(),
      as("carol").reads("@corp/handbook", { via: "hosted" }).isRefused(),
      as("carol").downloads("@corp/handbook", "1.0.0", { via: "hosted" }).isRefused(),
      as("anonymous").downloads("@corp/handbook", "1.0.0", { via: "hosted" }).isRefused(),
      as("bob").downloads("@corp/handbook", "1.0.0", { via: "hosted" }).isServed(),
      as("anonymous").reads("@corp/logo", { via: "hosted" }).isServed(),
    ],
  }),
  must("npm/hiding/missing-and-forbidden", {
    title: "An outsider hears the same of a name that exists and of one that does not",
    cites: ["resolve.registry.hiding"],
    world: "two-teams",
    steps: [
      as("alice").reads("@acme/widget", { via: "acme" }).concerning("hiding").isServed(),
      as("mallory")
        .reads("@acme/widget", { via: "acme" })
        .concerning("hiding")
        .labelled("there")
        .isRefused({ upstream: { acme: 0 } }),
      as("mallory")
        .reads("@acme/no-such", { via: "acme" })
        .concerning("hiding")
        .isRefused({ sameAs: "there", upstream: { acme: 0 } }),
      as("alice").reads("@acme/widget", { via: "acme" }).concerning("hiding").isServed(),
    ],
  }),
  must("npm/headers/private-replies", {
    title: "A reply that depends on the caller is marked private, and varies by credential",
    cites: ["resolve.registry.private-replies"],
    world: "two-teams",
    steps: [
      as("alice")
        .sends({ method: "GET", target: "/~acme/@acme%2Fwidget" })
        .answers({
          status: 200,
          headers: { "cache-control": "private, no-store", vary: "/authorization/" },
        }),
      as("mallory")
        .sends({ method: "GET", target: "/~acme/@acme%2Fwidget" })
        .answers({ status: [401, 403, 404], headers: { "cache-control": "private, no-store" } }),
      as("bob").sends({ method: "GET", target: "/~acme/@acme%2Fwidget" }).answers({ status: 200 }),
    ],
  }),
];
