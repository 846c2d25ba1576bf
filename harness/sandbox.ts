import { execFile } from "node:child_process";
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
  /** Runs a client in the project to its end, however it ends. */
  run(command: readonly [string, ...string[]], args: readonly string[]): Promise<Ran>;
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
    write: (file, text) => writeFile(path.join(project, file), text),
    read: (file) => readFile(path.join(project, file), "utf8"),
    run: ([file, ...leading], args) =>
      run(file, [...leading, ...args], { cwd: project, env, timeout: options.timeoutMs }),
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
): Promise<Ran> {
  const ended = Promise.withResolvers<Ran>();
  const limits = { killSignal: "SIGKILL", maxBuffer: 64 * 1024 * 1024 } as const;
  const child = execFile(file, args, { ...options, ...limits }, (_error, stdout, stderr) => {
    ended.resolve({ code: child.exitCode, said: `${stdout}${stderr}` });
  });
  return ended.promise;
}
