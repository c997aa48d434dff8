import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DuoShell, type Ran, startDuoShell, withStdin } from "./support/cli.ts";

const KEY = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

describe("secret", () => {
  let shell: DuoShell;
  const set = (text: string, options?: { readonly isTTY: boolean }): Promise<Ran> =>
    withStdin(text, () => shell.run(["secret", "set", "duo"]), options);
  const status = async (): Promise<unknown> => (await shell.run(["secret", "status", "--json"])).json();

  beforeEach(async () => {
    shell = await startDuoShell({ secretKey: null, secrets: [KEY] });
  });

  afterEach(() => shell[Symbol.asyncDispose]());

  test.each([KEY, `${KEY}\n`, `  ${KEY}\r\n`])("set takes %j from standard input", async (text) => {
    const { code, out, err } = await set(text);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("The secret key of duo is stored in");
    const store = `the file ${join(shell.dir, ".duolake/secrets/duo.json")}`;
    expect(await status()).toEqual({ sources: [{ source: "duo", status: "populated", store }] });
  });

  test("set asks on a terminal, without showing what is typed", async () => {
    const { code, err } = await set(`${KEY}\r`, { isTTY: true });
    expect(code).toBe(0);
    expect(err).toBe("Secret key of duo (not shown): \n");
    expect(await status()).toMatchObject({ sources: [{ status: "populated" }] });
  });

  test("set --json says that it is populated", async () => {
    const ran = await withStdin(KEY, () => shell.run(["secret", "set", "duo", "--json"]));
    expect(ran.json()).toEqual({ source: "duo", status: "populated" });
  });

  test.each([
    ["", "it is empty"],
    ["<placeholder>", "it is the placeholder"],
    [`${KEY} ${KEY}`, "a blank"],
    ["x".repeat(300), "more than 256 characters"],
    ["x".repeat(70_000), "far too long"],
  ])("set refuses what cannot be a key: exit code 2", async (text, said) => {
    const { code, out, err } = await set(text);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(said);
    expect(await status()).toMatchObject({ sources: [{ status: "missing" }] });
  });

  test("set on a terminal: Ctrl-D is wrong usage, Ctrl-C a stop, both without a stack", async () => {
    expect(await set("", { isTTY: true })).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /^Secret key .*\n+duolake: Cannot read the secret key: the input ended .*\n$/,
      ),
    });
    expect(await set("\u0003", { isTTY: true })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Secret key .*\n+duolake: Cannot go on: the program was asked to stop\n$/),
    });
  });

  test("set does not know other log sources: exit code 2 and a suggestion", async () => {
    const { code, err } = await shell.run(["secret", "set", "dou"]);
    expect(code).toBe(2);
    expect(err).toContain("did you mean duo?");
  });

  test("status tells missing from placeholder from populated, and how to go on", async () => {
    const { out } = await shell.run(["secret", "status"]);
    expect(out).toContain("missing");
    expect(out).toContain("duolake secret set duo");
    const env = { DUOLAKE_SECRET_KEY_DUO: "<placeholder>" };
    expect((await shell.run(["secret", "status", "--json"], { env })).json()).toMatchObject({
      sources: [{ status: "missing" }],
    });
    const ran = await shell.run(["secret", "status"], { env: { DUOLAKE_SECRET_KEY_DUO: KEY } });
    expect(ran.out).toMatch(/populated +the environment variable DUOLAKE_SECRET_KEY_DUO\n/);
  });

  test("a secret file that others may read is not used: exit code 1, and what to do", async () => {
    await set(KEY);
    const path = join(shell.dir, ".duolake/secrets/duo.json");
    await writeFile(path, "{");
    const { code, err } = await shell.run(["secret", "status"]);
    expect(code).toBe(1);
    expect(err).toContain("it is damaged");
  });
});
