import type { Surroundings } from "./surroundings.ts";

/** Surroundings in which nothing happens, for tests that give what they look at. */
export function sampleSurroundings(given: Partial<Surroundings>): Surroundings {
  return {
    ...{ say: ignore, progress: ignore, finish: ignore, colours: false },
    ...{ now: () => 0, stopwatch: () => 0, interruption: () => new AbortController().signal },
    peers: "no-such-folder",
    tool: { name: "leakproof", version: "0.0.0" },
    machine: { node: "v26.10.0", platform: "linux-x64", cores: 2 },
    ...given,
  };
}

function ignore(): void {
  // Nobody looks.
}
