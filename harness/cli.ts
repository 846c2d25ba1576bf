import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Command, CommanderError } from "commander";
import type { ExitCode } from "../reports/record.ts";
import { list } from "./commands/list.ts";
import type { ListOptions } from "./commands/list.ts";
import { report } from "./commands/report.ts";
import type { Surroundings } from "./commands/surroundings.ts";
import { verify } from "./commands/verify.ts";
import type { VerifyOptions } from "./commands/verify.ts";
import { UsageError } from "./select.ts";

/** The command line. Sets the exit code; a mistake of the user's is one line and 3, one of ours one line and 4. */
export async function main(args: readonly string[]): Promise<void> {
  const surroundings = lookAround();
  try {
    await program(surroundings).parseAsync([...args], { from: "user" });
  } catch (error) {
    process.exitCode = explain(error);
  }
}

function program(surroundings: Surroundings): Command {
  const leakproof = new Command("leakproof")
    .description("Conformance and load testing of shared caches that stand behind a login")
    .version(surroundings.tool.version)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .showHelpAfterError(false);
  addList(leakproof, surroundings);
  addVerify(leakproof, surroundings);
  addReport(leakproof, surroundings);
  addServe(leakproof);
  addMock(leakproof, surroundings);
  return leakproof;
}

function addList(leakproof: Command, surroundings: Surroundings): void {
  leakproof
    .command("list [globs...]")
    .description("show the cases, without running them")
    .option("--json", "as JSON")
    .option("--requirements", "the requirements, each with its cases")
    .option("--worlds", "the worlds that cases run in")
    .option("--surface <name>", "cases of one surface, such as npm")
    .option("--cites <requirement>", "cases that cite a requirement, or a glob of them")
    .addHelpText("after", "\nExample:\n  npx leakproof list 'resolve/gate/*'")
    .action((globs: string[], options: ListOptions) => {
      finish(list(globs, options, surroundings));
    });
}

function addVerify(leakproof: Command, surroundings: Surroundings): void {
  const collect = (value: string, before: string[]): string[] => [...before, value];
  leakproof
    .command("verify [globs...]")
    .description("run cases against a target and report")
    .option("--target <target>", "reference, or the URL of a server", "reference")
    .option("--spawned", "the reference as a process of its own, over real sockets")
    .option("--level <level>", "must, should or may: that level and those above it")
    .option("--surface <name>", "cases of one surface, such as npm")
    .option("--cites <requirement>", "cases that cite a requirement, or a glob of them")
    .option("--seed <number>", "seed of secrets and canaries", "1")
    .option("--token <name=token>", "a user's token, for a URL", collect, [])
    .option("--out <folder>", "where the record and the reports go")
    .option("--json", "print the verdicts as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 conformant, 1 violated, 2 inconclusive, 3 usage, 4 our fault." +
        "\n\nExample:\n  npx leakproof verify 'resolve/**' --target http://127.0.0.1:4873",
    )
    .action(async (globs: string[], options: VerifyOptions) => {
      finish(await verify(globs, options, surroundings));
    });
}

function addReport(leakproof: Command, surroundings: Surroundings): void {
  leakproof
    .command("report <folder>")
    .description("make every format of a run again, from its record")
    .addHelpText(
      "after",
      "\nExample:\n  npx leakproof report reports/runs/2026-01-01T00-00-00-000Z-verify",
    )
    .action((folder: string) => {
      finish(report(folder, surroundings));
    });
}

function addServe(leakproof: Command): void {
  leakproof
    .command("serve")
    .description("run the reference server in the foreground")
    .option("--config <file>", "its config; a first run without one writes leakproof.yaml")
    .option("--world <name>", "serve a world of the suite, with its mocks, instead of a config")
    .addHelpText("after", "\nExample:\n  npx leakproof serve --config leakproof.yaml")
    .action(async (options: { config?: string; world?: string }) => {
      const { serve } = await import("./commands/serve.ts");
      await serve(options);
    });
}

function addMock(leakproof: Command, surroundings: Surroundings): void {
  leakproof
    .command("mock <name>")
    .description("run a mock upstream as a small server (npm), its control API on a second port")
    .option("--port <port>", "where it listens", "0")
    .option("--world <name>", "whose upstreams it serves", "two-teams")
    .addHelpText("after", "\nExample:\n  npx leakproof mock npm --world two-teams --port 4880")
    .action(async (name: string, options: { port: string; world: string }) => {
      const { mock } = await import("./commands/mock.ts");
      finish(await mock(name, options, surroundings));
    });
}

function finish(code: ExitCode): void {
  process.exitCode = code;
}

/** One line for whatever went wrong, and the exit code that fits. */
function explain(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const message = error.message.replace(/^error: /, "");
    process.stderr.write(
      error.code === "commander.help"
        ? "leakproof: name a command: list, verify, report, serve or mock (--help says more)\n"
        : `leakproof: ${message} (--help says more)\n`,
    );
    return 3;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    process.stderr.write(`leakproof: ${message}\n`);
    return 3;
  }
  const hint = "this is a fault of leakproof's: LEAKPROOF_DEBUG=1 shows where";
  process.stderr.write(`leakproof: ${message} (${hint})\n`);
  if (process.env["LEAKPROOF_DEBUG"] !== undefined && error instanceof Error) {
    process.stderr.write(`${error.stack ?? ""}\n`);
  }
  return 4;
}

function lookAround(): Surroundings {
  const terminal = process.stdout.isTTY && process.env["CI"] === undefined;
  const manifest = new URL("../package.json", import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return {
    say: (text) => {
      process.stdout.write(`${text}\n`);
    },
    progress: (text) => {
      if (terminal) process.stdout.write(`\r\u001b[2K${text}`);
      else if (text !== "") process.stdout.write(`${text}\n`);
    },
    colour: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
    interrupted: interruption(),
    now: () => Date.now(),
    stopwatch: () => performance.now(),
    tool: { name: "leakproof", version },
    machine: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      cores: availableParallelism(),
    },
  };
}

/** The first Ctrl-C ends the run after the case that is under way; the second ends it at once. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  process.on("SIGINT", () => {
    if (interrupted.signal.aborted) process.exit(2);
    process.stderr.write("\nleakproof: stopping after this case; Ctrl-C again stops at once\n");
    interrupted.abort();
  });
  return interrupted.signal;
}
