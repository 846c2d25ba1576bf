import { rulesFrom, structureFrom } from "../requirement.ts";

/** The rules of routes, aliases, descriptors and footprints: sections 2 to 4. */
export const routeRequirements = [
  ...rulesFrom("spec/resolve.md, section 2", {
    "resolve.class.declared-public":
      "a declared public route wins and suppresses every credential.",
    "resolve.class.operators-add": "Operators add registries, scopes and package patterns.",
    "resolve.class.hosted-places":
      "the URL, normalised, is this server's own public base, a declared hosted alias, or its " +
      "`/~NAME/` endpoint.",
    "resolve.class.credential-sent": "The alias's credential is sent.",
    "resolve.class.hosted-for-all": "A package whose policy admits everyone is public.",
    "resolve.class.refused-before-upstream":
      "A caller whom an alias's policy does not admit is **refused without any request " +
      "upstream**; it does not slide into an anonymous fetch whose result would then be " +
      "shared.",
    "resolve.class.unknown-rejected":
      "`unknownRoutes: reject` (default) refuses at the boundary, 403.",
    "resolve.class.unknown-anonymous":
      "fetches without any credential, request-locally: nothing is written that anyone " +
      "else could read, and the result is never stored.",
    "resolve.class.of-the-route":
      "Privacy belongs to the route: scoped names can be public, unscoped ones private, " +
      "and a caller's being logged in makes nothing private.",
    "resolve.class.built-in":
      "Built in (and possible to switch off): the official npm registry, unscoped names by " +
      "default, the whole host by setting.",
    "resolve.class.own-base":
      "Hosted wins before proxied: the server never calls itself, never treats itself as a " +
      "third party and never sends itself a credential.",
    "resolve.class.under-alias":
      "the URL lies under an alias's registry, scheme included, and this caller may use " +
      "this alias for this package.",
  }),
  ...rulesFrom("spec/resolve.md, section 3", {
    "resolve.alias.claims": "It fetches only the names it claims, when resolving as when serving.",
    "resolve.alias.rotation":
      "a rotation by either means opens a new private namespace at once and the old one " +
      "ages out.",
    "resolve.alias.most-specific":
      "Where several fit, the most specific claim wins, then the order of the config",
    "resolve.alias.final":
      "a refusal or a 404 from one is final and never sends the request on to the next.",
    "resolve.alias.server-picks": "The server, not the client, picks it.",
    "resolve.alias.epoch":
      "Its **epoch** is a digest of generation and every credential header it attaches",
    "resolve.alias.teams": "`teams:` maps names to users.",
    "resolve.alias.own-origins":
      "A credential goes only to the alias's own configured origins over their own scheme, " +
      "never to a host that a packument names, and not across a redirect; each redirect hop " +
      "is checked against the allowlist.",
  }),
  ...rulesFrom("spec/resolve.md, section 4", {
    "resolve.alias.package-access": "gate: the caller may still use that alias (for that package).",
    "resolve.descriptor.shared":
      "gate: the caller still satisfies the package policy. Not per caller, not per token.",
    "resolve.class.no-forwarding":
      "They never derive from the request's `Authorization`, from client registry config, " +
      "or from a URL's user info.",
    "resolve.footprint.direct-tarball":
      "tarballs fetched for manifest or integrity (direct URL dependencies included)",
    "resolve.footprint.every-fetch":
      "The **footprint** collects the descriptor of every fetch that the resolve made",
    "resolve.footprint.refused-view":
      "it must never be stored as public, and never be served to someone who can see more.",
    "resolve.footprint.optional":
      "An optional dependency on a private route that the caller may not use fails the " +
      "resolve with a clear error: a lockfile that silently lacks a package is worse than " +
      "none.",
    "resolve.descriptor.proxied":
      "proxied: key input `alias, epoch` (and the package, where per-package access " +
      "refines it)",
    "resolve.descriptor.hosted": "hosted: key input `hosted route, access-policy identity`",
    "resolve.footprint.kinds":
      "answers from memory or disk that needed no request, optional dependencies that " +
      "failed, and verification.",
    "resolve.footprint.refused": "A fetch that was **refused** is part of the footprint too.",
  }),
  ...structureFrom("spec/resolve.md, section 3", {
    "resolve.alias.configured":
      "An alias is `{ registry, claims?: scope and package patterns, credential (env var or file, " +
      "never in the config text), generation, access: users|team:NAME|$authenticated, packages?: " +
      "per-package access, tarballOrigins?: [] }`.",
  }),
  ...structureFrom("spec/resolve.md, section 2", {
    "resolve.class.typo":
      "A rule with a field that does not parse is dropped whole: a typo may narrow, never " +
      "widen.",
  }),
  ...structureFrom("spec/resolve.md, section 4", {
    "resolve.descriptor.opaque":
      "Key inputs are unambiguous (length-prefixed) and HMAC-SHA256ed with the server " +
      "secret before they reach a key, a path or a log.",
    "resolve.descriptor.kept-secret":
      "The secret comes from the config or is made at first start and kept.",
    "resolve.footprint.once": "Recording stands where the credential is chosen, once.",
  }),
];
