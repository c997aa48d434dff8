import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Far above what a test takes: a busy machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // No test changes what another one sees; loading the program anew for each of 200 files takes a minute.
    isolate: false,
    // Two cores: many tests wait for the disk or for another program; a fourth worker gains nothing.
    maxWorkers: 3,
  },
});
