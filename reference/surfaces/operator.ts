import { jsonReply, utf8 } from "../../wire/message.ts";
import type { Handler, HeaderList } from "../../wire/message.ts";
import type { Running } from "../running.ts";

/** What an operator may ask for beyond reading: given by whoever runs the process. */
export interface OperatorDeeds {
  /**
   * Reads the config again and puts it in force; returns the settings that wait for a restart. Throws with
   * one line when it cannot, and then nothing has changed.
   */
  readonly reload?: () => Promise<readonly string[]>;
  /** Moves a test clock, where the config allows one. */
  readonly advance?: (ms: number) => void;
}

/** The operator's listener: its own port, never the clients'. */
export function createOperator(running: Running, deeds: OperatorDeeds): Handler {
  return async ({ method, target }) => {
    const clock = /^\/-\/test\/clock\?advanceMs=(\d{1,15})$/.exec(target);
    if (method === "GET" && target === "/-/health") {
      return jsonReply(200, { ok: true, policy: running.rules.policy.digest });
    }
    if (method === "GET" && target === "/-/metrics") {
      const text = await running.metrics.text();
      return { status: 200, headers: PROMETHEUS, body: utf8(text) };
    }
    if (method === "POST" && target === "/-/reload" && deeds.reload !== undefined) {
      try {
        const needsRestart = await deeds.reload();
        return jsonReply(200, { ok: true, policy: running.rules.policy.digest, needsRestart });
      } catch (error) {
        return jsonReply(422, { error: error instanceof Error ? error.message : String(error) });
      }
    }
    if (method === "POST" && clock?.[1] !== undefined && deeds.advance !== undefined) {
      deeds.advance(Number(clock[1]));
      return jsonReply(200, { ok: true });
    }
    return jsonReply(404, { error: "not found" });
  };
}

const PROMETHEUS: HeaderList = [["content-type", "text/plain; version=0.0.4; charset=utf-8"]];
