import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startSecretsManager } from "../secrets/support/secrets-manager-server.ts";
import { startShell, withStdin } from "./support/cli.ts";
import { type Deployable, startDeployable } from "./support/deployable.ts";

const KEY = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

let at: Deployable;

beforeEach(async () => {
  at = await startDeployable();
});

afterEach(() => at[Symbol.asyncDispose]());

describe("secret --aws", () => {
  test("set and status use Secrets Manager whatever the directory's store is, and the first key arms the alarm", async () => {
    await using manager = await startSecretsManager();
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDTEST");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    try {
      const env = {
        AWS_ENDPOINT_URL: manager.client.endpoint,
        AWS_REGION: "eu-central-1",
        DUOLAKE_SECRET_KEY_DUO: KEY,
      };
      await using shell = await startShell(env, [KEY]);
      const run = (...argv: readonly string[]): ReturnType<typeof shell.run> =>
        withStdin(KEY, () => shell.run([...argv, "--dir", join(at.dir, "logs"), "--aws", "--label", "prod"]));
      expect((await run("secret", "status", "--json")).json()).toMatchObject({
        sources: [{ status: "missing" }],
      });
      expect((await run("secret", "status")).out).toContain("duolake secret set duo --aws --label prod");
      const set = await run("secret", "set", "duo");
      expect(set).toMatchObject({
        code: 0,
        out: "The secret key of duo is stored in the secret duolake/prod/duo of AWS Secrets Manager.\n",
      });
      // The alarm for missing pulls is turned on with the first key.
      expect(set.err).toBe("");
      const armed = manager.others.map((body) => Object.fromEntries(new URLSearchParams(body)));
      expect(armed).toMatchObject([
        { Action: "EnableAlarmActions", "AlarmNames.member.1": "duolake-prod-heartbeat" },
      ]);
      expect(manager.secrets.get("duolake/prod/duo")).toEqual([JSON.stringify({ secret_key: KEY })]);
      expect((await run("secret", "status", "--json")).json()).toMatchObject({
        sources: [{ status: "populated" }],
      });
      expect((await run("secret", "set", "duo")).err).toBe("");
      expect(manager.others).toHaveLength(1);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("a key is stored also where the alarm cannot be armed, and that is said", async () => {
    await using manager = await startSecretsManager({ otherStatus: 403 });
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDTEST");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    try {
      const env = { AWS_ENDPOINT_URL: manager.client.endpoint, AWS_REGION: "eu-central-1" };
      await using shell = await startShell(env, [KEY]);
      const { code, err } = await withStdin(KEY, () =>
        shell.run(["secret", "set", "duo", "--dir", join(at.dir, "logs"), "--aws"]),
      );
      expect(code).toBe(0);
      expect(err).toMatch(
        /^duolake: warning: the alarm for missing pulls stays off until the next `duolake deploy`: /,
      );
      expect(manager.secrets.get("duolake/main/duo")).toHaveLength(1);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
