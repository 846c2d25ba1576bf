import { execFile } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** A folder with a home, caches and a project of its own, where a real client leaves the machine alone. */
export interface Sandbox extends AsyncDisposable {
  /** The project's folder. */
  readonly project: string;
  /** Everything that a client can write to stands below it. */
  readonly root: string;
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  /** Runs a client in the project to its end, however it ends. Its questions are answered as they come. */
  run(
    command: readonly [string, ...string[]],
    args: readonly string[],
    answers?: readonly Answer[],
  ): Promise<Ran>;
}

/** What is typed once a client has asked. */
export interface Answer {
  readonly asked: string;
  readonly answer: string;
}

export interface Ran {
  /** Null when it had to be stopped. */
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly said: string;
}

export interface SandboxOptions {
  /** Where executables are looked for: clients written for Node need one. */
  readonly path: string;
  readonly timeoutMs: number;
}

export async function createSandbox(options: SandboxOptions): Promise<Sandbox> {
  const root = await mkdtemp(path.join(tmpdir(), "leakproof-client-"));
  const project = path.join(root, "project");
  await mkdir(project);
  await mkdir(path.join(root, "tmp"));
  const env = environmentIn(root, options.path);
  return {
    project,
    root,
    write: async (file, text) => {
      const place = path.join(project, file);
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, text);
    },
    read: (file) => readFile(path.join(project, file), "utf8"),
    run: ([file, ...leading], args, answers = []) => {
      const settings = { cwd: project, env, timeout: options.timeoutMs };
      return run(file, [...leading, ...args], settings, answers);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** Nothing of the machine's own configuration, and every place to write to below the root. */
function environmentIn(root: string, searchPath: string): Record<string, string> {
  const below = (name: string): string => path.join(root, name);
  return {
    PATH: searchPath,
    HOME: root,
    USERPROFILE: root,
    TMPDIR: below("tmp"),
    TEMP: below("tmp"),
    XDG_CACHE_HOME: below("cache"),
    XDG_CONFIG_HOME: below("config"),
    XDG_DATA_HOME: below("data"),
    XDG_STATE_HOME: below("state"),
    PNPM_HOME: below("pnpm"),
    // The project's own .npmrc is the only one: it holds the credential, as a user's would.
    npm_config_userconfig: below("no-user-npmrc"),
    npm_config_globalconfig: below("no-global-npmrc"),
    npm_config_cache: below("npm-cache"),
    npm_config_update_notifier: "false",
    // Clients ask the registry for their own newer versions, but not where they think a CI is.
    CI: "1",
  };
}

async function run(
  file: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string>; timeout: number },
  answers: readonly Answer[],
): Promise<Ran> {
  const ended = Promise.withResolvers<Ran>();
  const limits = { killSignal: "SIGKILL", maxBuffer: 64 * 1024 * 1024 } as const;
  const child = execFile(file, args, { ...options, ...limits }, (_error, stdout, stderr) => {
    ended.resolve({ code: child.exitCode, said: `${stdout}${stderr}` });
  });
  answer(child, answers);
  return ended.promise;
}

/** Types each answer when its question stands in what was said, and ends the input after the last. */
function answer(child: ChildProcess, answers: readonly Answer[]): void {
  const left = [...answers];
  let said = "";
  const type = (): void => {
    for (let next = left[0]; next !== undefined && said.includes(next.asked); next = left[0]) {
      said = said.slice(said.indexOf(next.asked) + next.asked.length);
      child.stdin?.write(`${next.answer}\n`);
      left.shift();
    }
    if (left.length === 0) child.stdin?.end();
  };
  const hear = (chunk: string | Buffer): void => {
    said += chunk.toString();
    if (left.length > 0) type();
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  // A client that asks nothing may be gone before its input is.
  child.stdin?.on("error", () => undefined);
  if (left.length === 0) child.stdin?.end();
}
