import { availableParallelism, homedir } from "node:os";
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { RecordError } from "../reports/read.ts";
import type { ExitCode } from "../reports/record.ts";
import { addList } from "./commands/list.ts";
import { addMock } from "./commands/mock.ts";
import { addReport } from "./commands/report.ts";
import { addServe } from "./commands/serve.ts";
import type { Surroundings } from "./commands/surroundings.ts";
import { addTargets } from "./commands/targets.ts";
import { addVerify } from "./commands/verify.ts";
import { peerCacheFolder, PeerMissing } from "./peers.ts";
import { UsageError } from "./select.ts";

/** The command line. Sets the exit code; a mistake is told in one line: 3 if the user's, 4 if ours. */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever reads us may stop early, as `head` does: what we do is worth finishing all the same.
  process.stdout.on("error", ignoreClosedPipe);
  const surroundings = lookAround();
  const leakproof = program(surroundings);
  try {
    await leakproof.parseAsync([...args], { from: "user" });
  } catch (error) {
    const { code, text } = explain(error, leakproof);
    surroundings.finish(code);
    if (text !== "") process.stderr.write(`leakproof: ${text}\n`);
    if (code === 4 && process.env["LEAKPROOF_DEBUG"] === "1" && error instanceof Error) {
      process.stderr.write(`${error.stack ?? ""}\n`);
    }
  }
}

function program(surroundings: Surroundings): Command {
  const leakproof = new Command("leakproof")
    .description("Conformance testing of shared caches that stand behind a login")
    .version(surroundings.tool.version)
    .exitOverride()
    // Errors are told below, in a line of our own.
    .configureOutput({ writeErr: () => undefined });
  for (const add of [addList, addVerify, addTargets, addServe, addMock, addReport]) {
    add(leakproof, surroundings);
  }
  return leakproof.addHelpText(
    "after",
    "\nExit codes: 0 conformant, 1 violated, 2 inconclusive, 3 usage, 4 a fault of leakproof's own." +
      "\n\nExample:\n  npx leakproof verify --target reference",
  );
}

/** One line for whatever went wrong, and the exit code that fits. */
function explain(error: unknown, leakproof: Command): { code: ExitCode; text: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return { code: 0, text: "" };
    return { code: 3, text: commandLineMistake(error, leakproof) };
  }
  if (error instanceof UsageError || error instanceof RecordError || error instanceof PeerMissing) {
    return { code: 3, text: message };
  }
  const hint = "run it again with LEAKPROOF_DEBUG=1 and report what it prints";
  return { code: 4, text: `${message.split("\n")[0] ?? ""} (a fault of leakproof's own: ${hint})` };
}

function commandLineMistake({ code, message }: CommanderError, leakproof: Command): string {
  const commands = leakproof.commands.map((command) => command.name()).join(", ");
  const told = message.replace(/^error: /, "").replaceAll("\n", " ");
  switch (code) {
    case "commander.help":
      return `no command given: the commands are ${commands}; --help says more`;
    case "commander.unknownCommand":
      return `${told}: the commands are ${commands}; --help says more`;
    default:
      return `${told}; --help says what there is`;
  }
}

function lookAround(): Surroundings {
  const { stdout, stderr, env } = process;
  const ci = (env["CI"] ?? "") !== "";
  const plain = (env["NO_COLOR"] ?? "") !== "";
  return {
    say: (text) => {
      stdout.write(`${text}\n`);
    },
    progress: stderr.isTTY && !ci ? liveLine(stderr) : plainLines(stderr),
    colours: stdout.isTTY && !plain,
    interruption,
    finish: (code) => {
      process.exitCode = code;
    },
    now: () => Date.now(),
    stopwatch: () => performance.now(),
    peers: peerCacheFolder(env, homedir()),
    tool: { name: "leakproof", version: manifest.version },
    machine: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      cores: availableParallelism(),
    },
  };
}

function liveLine(stream: NodeJS.WriteStream): Surroundings["progress"] {
  return (text, kept) => {
    const shown = kept === undefined ? text.slice(0, Math.max(0, stream.columns - 1)) : `${text}\n`;
    stream.write(`\r\u001b[2K${shown}`);
  };
}

function plainLines(stream: NodeJS.WriteStream): Surroundings["progress"] {
  return (text) => {
    if (text !== "") stream.write(`${text}\n`);
  };
}

function interruption(told: string): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (interrupted.signal.aborted) process.exit(2);
      process.stderr.write(`\nleakproof: ${told}\n`);
      interrupted.abort();
    });
  }
  return interrupted.signal;
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
