import { readFileSync } from "node:fs";
import { listen } from "../../wire/listen.ts";
import { bytesOf } from "../../wire/message.ts";

/**
 * A server that reads each body and answers with the bytes of one file, as gzipped NDJSON: the least that any
 * server on this listener could do for a hit.
 */
async function main(file: string): Promise<void> {
  const body = readFileSync(file);
  const { origin } = await listen(async (message) => {
    await bytesOf(message.body);
    return {
      status: 200,
      headers: [
        ["content-type", "application/x-ndjson"],
        ["content-encoding", "gzip"],
        ["cache-control", "private, no-store"],
        ["vary", "Authorization, Accept-Encoding"],
      ],
      body,
    };
  });
  process.stdout.write(`serving at ${origin}\n`);
}

if (import.meta.main) await main(process.argv[2] ?? "");
