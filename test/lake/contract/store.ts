import { expect, test } from "vitest";
import { systemCode } from "../../../src/core/errors.ts";
import type { Store } from "../../../src/lake/store/store.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return "nothing was thrown";
  } catch (error) {
    return systemCode(error);
  }
}

/** What every store promises; `open` gives an empty one and the root of its paths. */
export function storeContract(
  open: () => Promise<{ store: Store; root: string; localFile: (text: string) => Promise<string> }>,
): void {
  test("store.read gives what writeNew wrote, ENOENT where nothing is", async () => {
    const { store, root } = await open();
    await store.writeNew(`${root}/a/b.txt`, bytes("one"));
    expect(text(await store.read(`${root}/a/b.txt`))).toBe("one");
    expect(await codeOf(store.read(`${root}/a/c.txt`))).toBe("ENOENT");
  });

  test("store.writeNew refuses a path that is taken and leaves it as it is", async () => {
    const { store, root } = await open();
    await store.writeNew(`${root}/x`, bytes("one"));
    expect(await codeOf(store.writeNew(`${root}/x`, bytes("two")))).toBe("EEXIST");
    expect(text(await store.read(`${root}/x`))).toBe("one");
  });

  test("store.putIfAbsent lets exactly one of many callers win, whole", async () => {
    const { store, root } = await open();
    const callers = Array.from({ length: 16 }, (_, index) => String(index).repeat(5_000));
    const won = await Promise.all(callers.map((caller) => store.putIfAbsent(`${root}/v1`, bytes(caller))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(text(await store.read(`${root}/v1`))).toBe(callers[won.indexOf(true)]);
    expect(await store.putIfAbsent(`${root}/v1`, bytes("later"))).toBe(false);
  });

  test("store.putIfAbsent leaves nothing else behind", async () => {
    const { store, root } = await open();
    await store.putIfAbsent(`${root}/m/v1`, bytes("a"));
    await store.putIfAbsent(`${root}/m/v1`, bytes("b"));
    expect((await store.list(`${root}/m`)).map(({ path }) => path)).toEqual([`${root}/m/v1`]);
  });

  test("store.replace writes over what is there", async () => {
    const { store, root } = await open();
    await store.replace(`${root}/hint`, bytes("1"));
    await store.replace(`${root}/hint`, bytes("22"));
    expect(text(await store.read(`${root}/hint`))).toBe("22");
    expect(await store.list(root)).toHaveLength(1);
  });

  test("store.adopt moves local files in", async () => {
    const { store, root, localFile } = await open();
    const from = await localFile("rows");
    await store.adopt([{ from, to: `${root}/data/day=1/f.parquet` }]);
    expect(text(await store.read(`${root}/data/day=1/f.parquet`))).toBe("rows");
  });

  test("store.list shows one folder, or all below it with deep, and nothing where nothing is", async () => {
    const { store, root } = await open();
    await store.writeNew(`${root}/t/a`, bytes("12345"));
    await store.writeNew(`${root}/t/in/b`, bytes("1"));
    const paths = async (deep: boolean): Promise<string[]> =>
      (await store.list(`${root}/t`, { deep })).map(({ path }) => path).sort();
    expect(await paths(false)).toEqual([`${root}/t/a`]);
    expect(await paths(true)).toEqual([`${root}/t/a`, `${root}/t/in/b`]);
    expect((await store.list(`${root}/t`))[0]?.sizeBytes).toBe(5);
    expect(await store.list(`${root}/none`)).toEqual([]);
    expect(await store.listFolders(`${root}/t`)).toEqual(["in"]);
    expect(await store.listFolders(`${root}/none`)).toEqual([]);
  });

  test("store.remove removes, and does not mind when nothing is there", async () => {
    const { store, root } = await open();
    await store.writeNew(`${root}/a`, bytes("1"));
    await store.remove(`${root}/a`);
    await store.remove(`${root}/a`);
    expect(await store.exists(`${root}/a`)).toBe(false);
  });
}
