import { type Clock, stopped } from "../../../src/core/clock.ts";
import { DuolakeError } from "../../../src/core/errors.ts";
import type { CatalogDatabase } from "../../../src/deploy/data-catalog.ts";
import type { Caller } from "../../../src/deploy/identity.ts";
import type { Services } from "../../../src/deploy/services.ts";
import { memorySecretStore } from "../../../src/secrets/memory.ts";
import type { SecretStore } from "../../../src/secrets/store.ts";
import { type FakeStacks, fakeStacks } from "./fake-stacks.ts";

/** An AWS account in memory. */
export interface FakeAccount {
  readonly services: Services;
  readonly stacks: FakeStacks;
  /** Objects by bucket and key. */
  readonly buckets: Map<string, Map<string, Uint8Array>>;
  readonly databases: Map<string, CatalogDatabase>;
  /** The same for every label. */
  readonly secrets: SecretStore;
  readonly scheduled: string[];
  readonly caller: { -readonly [Key in keyof Caller]: Caller[Key] };
  readonly limits: { lambdaConcurrency: number | undefined; isLakeFormationOnly: boolean | undefined };
  /** What changed something outside of stacks. */
  readonly writes: string[];
  /** Names of keys in the Parameter Store; `list` undefined: nobody may look. */
  readonly parameters: { list: string[] | undefined };
  /** Names of buckets that others have. */
  readonly taken: Set<string>;
}

/** Starts an empty account; its clock goes on by what is slept, at once. */
export function fakeAccount(): FakeAccount {
  let nowMs = Date.UTC(2026, 10, 22);
  const clock: Clock = {
    nowMs: () => nowMs,
    sleep: async (delayMs, signal) => {
      if (signal?.aborted === true) throw stopped();
      nowMs += delayMs;
    },
  };
  const stacks = fakeStacks(clock.nowMs);
  const buckets: FakeAccount["buckets"] = new Map();
  const databases: FakeAccount["databases"] = new Map();
  const secrets = memorySecretStore();
  const names = new Set<string>();
  const parameters: FakeAccount["parameters"] = { list: [] };
  const scheduled: string[] = [];
  const writes: string[] = [];
  const taken = new Set<string>();
  const caller = {
    account: "123456789012",
    region: "eu-central-1",
    arn: "arn:aws:iam::123456789012:user/ops",
  };
  const limits: FakeAccount["limits"] = { lambdaConcurrency: 1000, isLakeFormationOnly: false };
  const services: Services = {
    clock,
    identity: { caller: async () => caller },
    stacks,
    buckets: {
      exists: async (bucket) => {
        if (taken.has(bucket)) throw new DuolakeError("deploy_refused", `Cannot use the bucket ${bucket}`);
        return buckets.has(bucket);
      },
      ensure: async (bucket) => {
        if (buckets.has(bucket)) return;
        writes.push(`make ${bucket}`);
        buckets.set(bucket, new Map());
      },
      has: async (bucket, key) => buckets.get(bucket)?.has(key) === true,
      put: async (bucket, key, bytes) => {
        writes.push(`put ${key}`);
        (buckets.get(bucket) as Map<string, Uint8Array>).set(key, bytes);
      },
      versions: async (bucket) =>
        [...(buckets.get(bucket)?.keys() ?? [])].slice(0, 2).map((key) => ({ key, versionId: "1" })),
      removeVersions: async (bucket, versions) => {
        for (const { key } of versions) buckets.get(bucket)?.delete(key);
      },
      remove: async (bucket) => {
        if ((buckets.get(bucket)?.size ?? 0) > 0) throw new Error("BucketNotEmpty");
        writes.push(`remove ${bucket}`);
        buckets.delete(bucket);
      },
    },
    catalog: {
      database: async (name) => databases.get(name),
      removeDatabase: async (name) => {
        writes.push(`remove ${name}`);
        databases.delete(name);
      },
    },
    limits: () => ({
      lambdaConcurrency: async () => limits.lambdaConcurrency,
      isLakeFormationOnly: async () => limits.isLakeFormationOnly,
    }),
    secrets: (label) => ({
      ...secrets,
      createPlaceholder: async (source) => {
        const isCreated = await secrets.createPlaceholder(source);
        if (isCreated) writes.push(`placeholder ${source}`);
        names.add(`duolake/${label}/${source}`);
        return isCreated;
      },
    }),
    secretNames: (store) => ({
      list: async (label) => {
        const there = store === "aws" ? names : parameters.list;
        if (there === undefined) throw new Error("AccessDenied");
        return [...there].filter((name) => name.includes(`duolake/${label}/`));
      },
      remove: async (name) => void scheduled.push(name),
      recoveryDayCount: 30,
    }),
  };
  return {
    services,
    stacks,
    buckets,
    databases,
    secrets,
    scheduled,
    parameters,
    caller,
    limits,
    writes,
    taken,
  };
}
