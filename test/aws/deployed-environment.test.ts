import { describe, expect, test } from "vitest";
import { deployedEnvironment } from "../../src/aws/deployed-environment.ts";

const ENV = {
  DUOLAKE_LABEL: "main",
  DUOLAKE_CONFIG_BUCKET: "code",
  DUOLAKE_CONFIG_KEY: "config/a.json",
  DUOLAKE_WAREHOUSE: "s3://lake/lake",
  DUOLAKE_DATABASE: "logs",
};

describe("deployedEnvironment", () => {
  test("reads what the template sets", () => {
    expect(deployedEnvironment(ENV)).toEqual({
      label: "main",
      configBucket: "code",
      configKey: "config/a.json",
      warehouse: "s3://lake/lake",
      database: "logs",
      secretStore: "aws",
    });
    expect(deployedEnvironment({ ...ENV, DUOLAKE_SECRET_STORE: "ssm" }).secretStore).toBe("ssm");
    expect(deployedEnvironment({ ...ENV, DUOLAKE_SECRET_STORE: "secretsmanager" }).secretStore).toBe("aws");
  });

  test.each(Object.keys(ENV))("names %s where it is missing or empty", (name) => {
    for (const value of [undefined, ""]) {
      expect(() => deployedEnvironment({ ...ENV, [name]: value })).toThrow(`the environment lacks ${name}`);
    }
  });
});
