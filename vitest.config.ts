import { defineConfig } from "vitest/config";

const FOREIGN = ["node_modules/**", "dist/**", "reference/resolver/shims/**"];

export const SHARED = {
  environment: "node",
  exclude: FOREIGN,
  sequence: { shuffle: true },
  testTimeout: 20_000,
  reporters: ["default", "./vitest.tally.ts"],
};

export default defineConfig({
  test: {
    ...SHARED,
    include: ["**/*.test.ts"],
    // These take minutes: npm run test:clients.
    exclude: [...FOREIGN, "harness/real/**"],
  },
});
