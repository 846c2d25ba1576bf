#!/usr/bin/env node
// Plain JavaScript, so that an old Node can say what is wrong instead of failing on TypeScript.
import "./require-node.mjs";
import { existsSync } from "node:fs";

const source = new URL("../harness/cli.ts", import.meta.url);
const built = new URL("../dist/harness/cli.js", import.meta.url);
const { main } = await import((existsSync(source) ? source : built).href);
await main(process.argv.slice(2));
