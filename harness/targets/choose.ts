import { accessSync, constants, existsSync } from "node:fs";
import { fetchedPeer } from "../peers.ts";
import { UsageError } from "../select.ts";
import { StartFailed } from "./target.ts";
import type { Target } from "./target.ts";

export interface TargetChoice {
  /** `reference`, `pnpr`, or the origin of a server that somebody else runs. */
  readonly name: string;
  /** The reference as a process of its own. */
  readonly spawned: boolean;
  /** User to token, for a URL. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Where fetched programs stay. */
  readonly peers: string;
}

/** The target that a command line means. Throws `UsageError` where it means none. */
export async function chooseTarget(choice: TargetChoice): Promise<Target> {
  const { name, spawned, tokens, peers } = choice;
  if (name !== "reference" && spawned) {
    throw new UsageError("--spawned is for the reference: everything else is a process anyway");
  }
  if (name === "reference") {
    if (Object.keys(tokens).length > 0) {
      throw new UsageError("--token is for a URL: the reference's users have tokens of their own");
    }
    // Each target brings a tree of its own, and most commands need one of them or none.
    return spawned
      ? (await import("./spawned.ts")).spawnedTarget()
      : (await import("./reference.ts")).referenceTarget();
  }
  if (name === "pnpr") return pnpr(tokens, peers);
  if (isFile(name)) return driver(name, tokens);
  const origin = originOf(name);
  return (await import("./url.ts")).urlTarget(origin, tokens);
}

/** A path names a driver: an executable that starts a server of somebody's own. */
function isFile(name: string): boolean {
  return !name.includes("://") && (/[\\/]/.test(name) || existsSync(name));
}

async function driver(file: string, tokens: TargetChoice["tokens"]): Promise<Target> {
  if (Object.keys(tokens).length > 0) {
    throw new UsageError("--token is for a URL: a driver says itself what its users show");
  }
  try {
    accessSync(file, constants.X_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const why = missing ? "there is no such file" : "it has no run bit (chmod +x)";
    throw new UsageError(`--target ${file}: ${why}`);
  }
  const { driverTarget } = await import("./driver.ts");
  try {
    return await driverTarget(file);
  } catch (error) {
    if (error instanceof StartFailed) throw new UsageError(`--target ${error.message}`);
    throw error;
  }
}

async function pnpr(tokens: TargetChoice["tokens"], peers: string): Promise<Target> {
  if (Object.keys(tokens).length > 0) {
    throw new UsageError("--token is for a URL: pnpr's users are given tokens of its own");
  }
  const found = await fetchedPeer("pnpr", peers);
  if (found === null) {
    throw new UsageError("pnpr is not here: fetch it with `leakproof targets install pnpr`");
  }
  return (await import("./pnpr/target.ts")).pnprTarget(found);
}

function originOf(name: string): string {
  const url = URL.parse(name);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    const told = url === null ? name : `${url.protocol}…`;
    const hint =
      'give "reference", "pnpr", a URL such as http://127.0.0.1:4873, or a driver\'s path';
    throw new UsageError(`--target ${told}: not a target; ${hint}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(`--target ${url.origin}: no user or password in it; tokens go by --token`);
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new UsageError(`--target ${url.origin}: give the origin alone, without path and query`);
  }
  return url.origin;
}
