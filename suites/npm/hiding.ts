import { must } from "../case.ts";
import type { Case } from "../case.ts";
import { as } from "../steps.ts";

type Asked = ReturnType<ReturnType<typeof as>["sends"]>;

/** A name that is there, one that is not, and one that no rule claims, each spelled alike. */
const NAMES = {
  alias: { base: "/~acme", there: "@acme/widget", absent: "@acme/absent", reader: "alice" },
  hosted: { base: "", there: "@corp/handbook", absent: "@corp/cookbook", reader: "alice" },
} as const;

const OUTSIDERS = ["mallory", "carol", "anonymous"] as const;

/** Every request that names a package; where only the absent one differs, its name and nothing else does. */
const REQUESTS: Readonly<Record<string, (who: string, base: string, name: string) => Asked>> = {
  packument: (who, base, name) =>
    as(who).sends({ method: "GET", target: `${base}/${name.replace("/", "%2F")}` }),
  abbreviated: (who, base, name) =>
    as(who).sends({
      method: "GET",
      target: `${base}/${name}`,
      headers: [["accept", "application/vnd.npm.install-v1+json"]],
    }),
  head: (who, base, name) => as(who).sends({ method: "HEAD", target: `${base}/${name}` }),
  manifest: (who, base, name) => as(who).sends({ method: "GET", target: `${base}/${name}/1.0.0` }),
  tag: (who, base, name) => as(who).sends({ method: "GET", target: `${base}/${name}/latest` }),
  tarball: (who, base, name) =>
    as(who).sends({ method: "GET", target: `${base}/${name}/-/${name.slice(6)}-1.0.0.tgz` }),
  conditional: (who, base, name) =>
    as(who).sends({
      method: "GET",
      target: `${base}/${name}`,
      headers: [["if-none-match", "*"]],
    }),
};

/** Requests that only this server's own base answers. */
const HOSTED_REQUESTS: typeof REQUESTS = {
  tags: (who, _base, name) =>
    as(who).sends({ method: "GET", target: `/-/package/${name.replace("/", "%2F")}/dist-tags` }),
  publish: (who, base, name) =>
    as(who).sends({
      method: "PUT",
      target: `${base}/${name.replace("/", "%2f")}`,
      headers: [["content-type", "application/json"]],
      body: '{"made-up":true}',
    }),
  unpublish: (who, base, name) =>
    as(who).sends({
      method: "DELETE",
      target: `${base}/${name.replace("/", "%2f")}/-rev/1-made-up`,
    }),
};

/** Whoever may not use a private package cannot tell whether it is there, by any request. */
export const hidingCases: readonly Case[] = Object.entries(NAMES).flatMap(
  ([kind, { base, there, absent, reader }]) =>
    Object.entries(kind === "hosted" ? { ...REQUESTS, ...HOSTED_REQUESTS } : REQUESTS).map(
      ([request, asks]) =>
        must(`npm/hiding/${kind}-${request}`, {
          title: `An outsider's ${request} of a private name (${kind}) is the same reply, there or not`,
          cites: ["resolve.registry.hiding"],
          world: "two-teams",
          steps: [
            as(reader)
              .sends({ method: "GET", target: `${base}/${there}` })
              .concerning("hiding")
              .answers({
                status: 200,
              }),
            ...OUTSIDERS.flatMap((who) => [
              asks(who, base, there)
                .concerning("hiding")
                .labelled(`told-${who}`)
                .isRefused({ upstream: { acme: 0, npm: 0 } }),
              asks(who, base, absent)
                .concerning("hiding")
                .isRefused({
                  // The name that was asked for is no news to whoever asked.
                  alike: { to: `told-${who}`, here: absent, there },
                  upstream: { acme: 0, npm: 0 },
                }),
            ]),
            as("bob")
              .sends({ method: "GET", target: `${base}/${there}` })
              .concerning("hiding")
              .answers({
                status: 200,
              }),
          ],
        }),
    ),
);
