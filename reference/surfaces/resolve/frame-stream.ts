import { encodeLines } from "../../../wire/ndjson.ts";
import type { PackageFrame } from "../../ports.ts";

/** Frames on their way to one reader, several to a chunk. */
export interface FrameStream {
  readonly body: AsyncIterable<Uint8Array>;
  /** Resolves when the first package was pushed. */
  readonly begun: Promise<undefined>;
  readonly push: (frame: PackageFrame) => void;
  end(terminal: Uint8Array): void;
}

/** Whatever was pushed since the reader last looked goes out as one chunk. */
export function createFrameStream(): FrameStream {
  let waiting: PackageFrame[] = [];
  let terminal: Uint8Array | null = null;
  let wake = Promise.withResolvers<undefined>();
  const begun = Promise.withResolvers<undefined>();
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        yield encodeLines(batch);
      } else if (terminal !== null) {
        yield terminal;
        return;
      } else {
        await wake.promise;
        wake = Promise.withResolvers<undefined>();
      }
    }
  }
  return {
    body: chunks(),
    begun: begun.promise,
    push: (frame) => {
      waiting.push(frame);
      begun.resolve(undefined);
      wake.resolve(undefined);
    },
    end: (last) => {
      terminal = last;
      wake.resolve(undefined);
    },
  };
}
