import { defineConfig } from "vitest/config";
import { SHARED } from "./vitest.config.ts";

/** The long matrix of real clients, which `npm test` leaves to a run of its own. */
export default defineConfig({ test: { ...SHARED, include: ["harness/real/*.test.ts"] } });
