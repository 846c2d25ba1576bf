import type { Command } from "commander";
import { fetchedPeer, peer, PeerMissing } from "../peers.ts";
import { PINNED } from "../peers/pinned.ts";
import type { PeerName } from "../peers/pinned.ts";
import { UsageError } from "../select.ts";
import type { Surroundings } from "./surroundings.ts";

export function addTargets(leakproof: Command, surroundings: Surroundings): void {
  const targets = leakproof
    .command("targets")
    .description("show what can be tested here and what is missing, or fetch a server to test")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  npx leakproof targets install pnpr")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const rows = await targetsHere(surroundings.peers);
      if (json === true) surroundings.say(JSON.stringify(rows, null, 2));
      else for (const row of rows) surroundings.say(textOf(row));
    });
  targets
    .command("install <name>")
    .description("fetch a pinned server once, from the registry that npm is set to")
    .addHelpText("after", "\nExample:\n  npx leakproof targets install pnpr")
    .action(async (name: string) => {
      await install(name, surroundings);
    });
}

interface Row {
  /** What `--target` takes. */
  readonly target: string;
  readonly title: string;
  readonly ready: boolean;
  /** What it takes to make it ready, or where it is. */
  readonly note: string;
}

async function targetsHere(peers: string): Promise<Row[]> {
  const servers = FETCHED.map((name) => fetchedRow(name, peers));
  return [
    { target: "reference", title: "the reference, in this process", ready: true, note: "built in" },
    {
      ...{ target: "reference --spawned", title: "the reference, as a process over real sockets" },
      ...{ ready: true, note: "built in" },
    },
    ...(await Promise.all(servers)),
    {
      ...{ target: "http://HOST:PORT", title: "a server that somebody else runs" },
      ...{ ready: true, note: "cases that need a world of ours are blocked there" },
    },
  ];
}

/** The servers among the pinned programs. */
const FETCHED: readonly PeerName[] = ["pnpr"];

async function fetchedRow(name: PeerName, peers: string): Promise<Row> {
  const { version, licence = "" } = PINNED[name];
  const title = `${name} ${version} (${licence})`;
  try {
    const found = await fetchedPeer(name, peers);
    const note = found?.command[0] ?? `not fetched yet: leakproof targets install ${name}`;
    return { target: name, title, ready: found !== null, note };
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    return { target: name, title, ready: false, note: error.message };
  }
}

function textOf({ target, title, ready, note }: Row): string {
  return `${ready ? "ready  " : "missing"}  ${target}\n           ${title}\n           ${note}`;
}

/** Throws `PeerMissing` where it cannot be had. */
async function install(name: string, { say, peers }: Surroundings): Promise<void> {
  const known = FETCHED.find((one) => one === name);
  if (known === undefined) {
    throw new UsageError(`nothing to install is called "${name}": there is ${FETCHED.join(", ")}`);
  }
  const { version, licence } = PINNED[known];
  const { command } = await peer(known, peers);
  say(`${known} ${version} is at ${command[0]}`);
  if (licence !== undefined) say(`its licence: ${licence}`);
  say(`test it with: leakproof verify --target ${known}`);
}
