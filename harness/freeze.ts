import { writeFileSync } from "node:fs";
import { cases } from "../suites/index.ts";
import { frozenText } from "../suites/freeze.ts";

// Run by hand (`npm run freeze`) when cases came or changed on purpose: its diff is what is promised.
writeFileSync(new URL("../suites/frozen.ndjson", import.meta.url), frozenText(cases));
