import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["**/*.test.ts"],
    exclude: ["node_modules/**", "dist/**", "reference/resolver/shims/**"],
    sequence: { shuffle: true },
    testTimeout: 20_000,
    reporters: ["default", "./vitest.tally.ts"],
  },
});
