import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { listen } from "../../wire/listen.ts";
import { bytesOf, header } from "../../wire/message.ts";
import { createSender } from "../../wire/send.ts";

/** A registry that nobody here wrote, with storage of its own, on loopback, behind a door that remembers. */
export interface Verdaccio extends AsyncDisposable {
  /** Where it is reached, without a trailing slash. */
  readonly origin: string;
  /** What it was asked and answered since the last call. */
  heard(): Heard[];
  /** From now on the user's password, and so every token of theirs, is refused. */
  banish(user: string): Promise<void>;
}

export interface Heard {
  readonly target: string;
  readonly authorization: string | undefined;
  readonly conditional: boolean;
  readonly status: number;
}

/** `run` is verdaccio's own `runServer`. */
export async function startVerdaccio(run: (config: object) => Promise<Server>): Promise<Verdaccio> {
  const folder = await mkdtemp(path.join(tmpdir(), "leakproof-verdaccio-"));
  const passwords = path.join(folder, "htpasswd");
  const server = await run(configIn(folder, passwords));
  const origin = await listening(server);
  const sender = createSender();
  let heard: Heard[] = [];
  const door = await listen(async (message, signal) => {
    const body = await bytesOf(message.body);
    const reply = await sender.send(origin, { ...message, body }, signal);
    heard.push({
      target: message.target,
      authorization: header(message.headers, "authorization"),
      conditional: header(message.headers, "if-none-match") !== undefined,
      status: reply.status,
    });
    return reply;
  });
  return {
    origin: door.origin,
    heard: () => {
      const taken = heard;
      heard = [];
      return taken;
    },
    banish: async (user) => {
      // A line that goes is not forgotten before a restart, but a password that nobody has is none.
      const lines = (await readFile(passwords, "utf8")).split("\n");
      const locked = lines.map((line) => (line.startsWith(`${user}:`) ? `${user}:*` : line));
      await writeFile(passwords, locked.join("\n"));
    },
    [Symbol.asyncDispose]: async () => {
      await door.close();
      await sender.close();
      const closed = Promise.withResolvers<undefined>();
      server.close(() => {
        closed.resolve(undefined);
      });
      server.closeAllConnections();
      await closed.promise;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Nothing upstream of it, and nothing in it for anybody who has not logged in. */
function configIn(folder: string, passwords: string): object {
  const members = ["$authenticated"];
  return {
    configPath: path.join(folder, "config.yaml"),
    storage: path.join(folder, "storage"),
    auth: { htpasswd: { file: passwords, max_users: 10 } },
    uplinks: {},
    packages: { "**": { access: members, publish: members, unpublish: members } },
    web: { enable: false },
    log: { type: "stdout", level: "fatal" },
  };
}

async function listening(server: Server): Promise<string> {
  const ready = Promise.withResolvers<undefined>();
  server.listen(0, "127.0.0.1", () => {
    ready.resolve(undefined);
  });
  await ready.promise;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
