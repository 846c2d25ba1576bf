import type { ExitCode } from "../../reports/record.ts";

/** What a command may know and do of the process that it runs in; `cli.ts` alone looks for itself. */
export interface Surroundings {
  /** Writes a line to standard output. */
  readonly say: (text: string) => void;
  /**
   * Shows on standard error how far things are: on a terminal one live line, of which only what is `kept`
   * stays; elsewhere plain lines. An empty text clears the live line.
   */
  readonly progress: (text: string, kept?: "kept") => void;
  readonly colours: boolean;
  /** Aborts at the first Ctrl-C or SIGTERM, and says `told`; the second ends the process at once. */
  readonly interruption: (told: string) => AbortSignal;
  /** Sets what the process exits with. */
  readonly finish: (code: ExitCode) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly stopwatch: () => number;
  /** Folder where other people's programs are kept once they were fetched. */
  readonly peers: string;
  readonly tool: { readonly name: "leakproof"; readonly version: string };
  readonly machine: { readonly node: string; readonly platform: string; readonly cores: number };
}
