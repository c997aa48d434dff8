import { expect } from "vitest";
import type { FakeAccount } from "./fake-account.ts";

/** Does something that must leave stacks, change sets, buckets and secrets as they were. */
export async function nothingChanged(account: FakeAccount, work: () => Promise<unknown>): Promise<void> {
  const before = structuredClone([...account.stacks.stacks].map(([name, { facts }]) => [name, facts]));
  const writes = [...account.writes];
  await work();
  expect([...account.stacks.stacks].map(([name, { facts }]) => [name, facts])).toEqual(before);
  expect(account.writes).toEqual(writes);
  expect(account.stacks.changeSets.size).toBe(0);
}
