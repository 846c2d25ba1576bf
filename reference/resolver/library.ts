import type { resolveDependencies } from "@pnpm/installing.deps-resolver";
import type { createNpmResolver } from "@pnpm/resolving.npm-resolver";

/** What the library asks and wants to hear, by the names that are used here. */
export type LibraryOptions = Parameters<typeof resolveDependencies>[1];
export type RequestPackage = LibraryOptions["storeController"]["requestPackage"];
export type Wanted = Parameters<RequestPackage>[0];
export type RequestOptions = Parameters<RequestPackage>[1];
export type PackageResponse = Awaited<ReturnType<RequestPackage>>;

export type NpmResolver = ReturnType<typeof createNpmResolver>;
export type NpmOptions = Parameters<NpmResolver["resolveFromNpm"]>[1];
/** The version that a dependency came to, as the library's own resolver says it. */
export type Picked = NonNullable<Awaited<ReturnType<NpmResolver["resolveFromNpm"]>>>;

/** Registries by scope; the one that is left for every other name goes under `default`. */
export type Registries = { readonly default: string } & Readonly<Record<string, string>>;
