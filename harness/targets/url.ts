import { createSender } from "../../wire/send.ts";
import type { Target } from "./target.ts";
import { Unsupported } from "./target.ts";

/** A server that somebody else runs: nothing is started and nothing can be changed. */
export function urlTarget(origin: string, tokens: Readonly<Record<string, string>>): Target {
  return {
    name: origin,
    profile: "url",
    features: ["wire"],
    expectations: [],
    upstreams: "sockets",
    start: async () => {
      const sender = createSender();
      const refuse = (feature: "clock" | "restart" | "kill" | "live-changes") => () =>
        Promise.reject(new Unsupported(feature));
      return {
        origins: { client: origin },
        send: (message, signal) => sender.send(origin, message, signal),
        credential: (user) => {
          const token = tokens[user];
          return token === undefined ? null : { authorization: `Bearer ${token}` };
        },
        apply: refuse("live-changes"),
        advance: refuse("clock"),
        restart: refuse("restart"),
        kill: refuse("kill"),
        logs: () => "",
        stop: () => sender.close(),
      };
    },
  };
}
