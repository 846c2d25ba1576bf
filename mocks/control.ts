import { z } from "zod";
import { BodyTooLarge, jsonReply, textOf } from "../wire/message.ts";
import type { Handler, Message, Reply } from "../wire/message.ts";
import type { Memory, RememberedExchange } from "./memory.ts";
import type { NpmRegistry } from "./npm.ts";

/**
 * The control API of mocks that stand alone: what was said so far, and what a registry shall do from now on.
 * Orders are `POST /NAME/DEED` with a JSON object; an order that is wrong is a 400 that says how.
 */
export function createControl(
  memory: Memory,
  registries: ReadonlyMap<string, NpmRegistry>,
): Handler {
  return async (message) => {
    const { method, target } = message;
    if (method === "GET" && target === "/") {
      return jsonReply(200, { registries: [...registries.keys()], orders: ORDERS });
    }
    if (method === "GET" && target === "/exchanges") {
      return jsonReply(200, memory.peek().map(shown));
    }
    if (method === "DELETE" && target === "/exchanges") {
      return jsonReply(200, memory.take().map(shown));
    }
    const [, name = "", deed = "", ...more] = target.split("/");
    const registry = registries.get(name);
    const order = Object.hasOwn(DEEDS, deed) ? DEEDS[deed] : undefined;
    if (registry === undefined || order === undefined || more.length > 0) {
      return jsonReply(404, { error: `no such registry or deed: ${target}`, orders: ORDERS });
    }
    if (method !== "POST")
      return jsonReply(405, { error: "orders are posted" }, [["allow", "POST"]]);
    return obeyed(registry, order, message);
  };
}

async function obeyed(registry: NpmRegistry, order: Deed, message: Message): Promise<Reply> {
  try {
    order(registry, JSON.parse((await textOf(message.body, ORDER_LIMIT_BYTES)) || "{}"));
    return jsonReply(200, { ok: true });
  } catch (error) {
    if (error instanceof BodyTooLarge) return jsonReply(413, { error: error.message });
    if (error instanceof SyntaxError) return jsonReply(400, { error: "the body is not JSON" });
    if (error instanceof z.ZodError) return jsonReply(400, { error: z.prettifyError(error) });
    throw error;
  }
}

const ORDER_LIMIT_BYTES = 1024 * 1024;

/** Does to a registry what a body says. Throws `ZodError` for a body that says something else. */
type Deed = (registry: NpmRegistry, body: unknown) => void;

const match = z.strictObject({
  package: z.string().exactOptional(),
  kind: z.enum(["packument", "tarball"]).exactOptional(),
});

const of = match.default({});

const status = z.int().min(200).max(599);
const waitMs = z.int().min(0).max(600_000);

const mood = z.discriminatedUnion("mood", [
  z.strictObject({
    ...{ mood: z.literal("status"), status, of, body: z.string().exactOptional() },
    headers: z.array(z.tuple([z.string(), z.string()])).exactOptional(),
  }),
  z.strictObject({ mood: z.literal("flap"), status, of }),
  z.strictObject({ mood: z.literal("slow"), delayMs: waitMs, of }),
  z.strictObject({ mood: z.literal("trickle"), pieceBytes: z.int().min(1), everyMs: waitMs, of }),
  z.strictObject({ mood: z.literal("hang"), of }),
  z.strictObject({ mood: z.literal("reset"), of }),
  z.strictObject({ mood: z.literal("truncate"), afterBytes: z.int().min(0), of }),
  z.strictObject({
    ...{ mood: z.literal("redirect"), to: z.string().min(1), of },
    status: z.literal([301, 302, 303, 307, 308]).exactOptional(),
  }),
  z.strictObject({ mood: z.literal("garbled"), of }),
  z.strictObject({ mood: z.literal("misnamed"), as: z.string().min(1), of }),
  z.strictObject({
    ...{ mood: z.literal("tarballs-at"), base: z.url(), query: z.string().exactOptional(), of },
  }),
  z.strictObject({ mood: z.literal("corrupt"), of }),
]);

const specifiers = z.record(z.string(), z.string()).exactOptional();

const release = z.strictObject({
  package: z.string().min(1),
  version: z.string().min(1),
  manifest: z
    .strictObject({
      dependencies: specifiers,
      optionalDependencies: specifiers,
      peerDependencies: specifiers,
      deprecated: z.string().exactOptional(),
      published: z.iso.datetime().exactOptional(),
    })
    .default({}),
});

const DEEDS: Readonly<Record<string, Deed>> = {
  mood: ({ moods }, body) => {
    const { of: whom, ...how } = mood.parse(body);
    moods.set(how, whom);
  },
  hold: ({ moods }, body) => {
    moods.hold(z.strictObject({ of }).parse(body).of);
  },
  release: ({ moods }) => {
    moods.release();
  },
  recover: ({ moods }) => {
    moods.recover();
  },
  publish: (registry, body) => {
    const { package: name, version, manifest } = release.parse(body);
    registry.publish(name, version, manifest);
  },
  unpublish: (registry, body) => {
    registry.unpublish(z.strictObject({ package: z.string() }).parse(body).package);
  },
};

/** One example of each, for whoever looks at the API with a browser. */
const ORDERS: Readonly<Record<string, object | null>> = {
  "GET /exchanges": null,
  "DELETE /exchanges": null,
  "POST /NAME/mood": { mood: "status", status: 503, of: { package: "ms", kind: "packument" } },
  "POST /NAME/hold": { of: { kind: "tarball" } },
  "POST /NAME/release": {},
  "POST /NAME/recover": {},
  "POST /NAME/publish": { package: "ms", version: "9.0.0", manifest: {} },
  "POST /NAME/unpublish": { package: "ms" },
};

function shown({ upstream, message, reply }: RememberedExchange): object {
  const { method, target, headers } = message;
  return { upstream, method, target, headers, status: reply?.status ?? null };
}
