import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Far above what a test takes: a busy machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers only make each other slower.
    maxWorkers: 2,
  },
});
