/** What a command may know of the process that it runs in; the CLI alone looks for itself. */
export interface Surroundings {
  /** Writes a line to standard output. */
  say(text: string): void;
  /** Shows how far things are: a live line on a terminal, plain lines elsewhere. */
  progress(text: string): void;
  readonly colour: boolean;
  /** Aborts at the first Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds. */
  stopwatch(): number;
  readonly tool: { readonly name: "leakproof"; readonly version: string };
  readonly machine: { readonly node: string; readonly platform: string; readonly cores: number };
}
