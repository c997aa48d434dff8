import { describe, expect, test } from "vitest";
import {
  intervalMinutes,
  type ParameterFacts,
  readSettings,
  stackParameters,
} from "../../src/deploy/stack-parameters.ts";
import { configOf, TEMPLATE } from "./support/deploy-case.ts";

const FACTS: ParameterFacts = {
  config: configOf(["duo", "duo_b"]),
  label: "main",
  codeBucket: "b",
  codeKey: "lambda/1.zip",
  configKey: "config/2.json",
  createDatabase: true,
  hasPopulatedSecret: false,
  duoEndpointUrl: "",
  settings: {},
  previous: {},
  declared: Object.keys(TEMPLATE.Parameters),
};

const sources = (count: number): string[] => Array.from({ length: count }, (_, index) => `duo_${index + 1}`);

describe("stackParameters", () => {
  test("are made of the directory; what nobody said is the template's", () => {
    expect(stackParameters(FACTS)).toEqual({
      Label: "main",
      CodeBucket: "b",
      CodeKey: "lambda/1.zip",
      ConfigKey: "config/2.json",
      Database: "matano",
      CreateDatabase: "true",
      IntervalMinutes: "5",
      MaintainMinutes: "360",
      Source1: "duo",
      Source2: "duo_b",
      Source3: "",
      Source4: "",
      Source5: "",
      UseDispatcher: "false",
      HeartbeatEnabled: "false",
      SecretStore: "secretsmanager",
      DuoEndpointUrl: "",
    });
  });

  test.each([
    ["local", "secretsmanager"],
    ["aws", "secretsmanager"],
    ["ssm", "ssm"],
  ] as const)("with secrets in %s the functions read them from %s", (store, parameter) => {
    const config = { ...FACTS.config, secrets: { store, label: "main" } };
    expect(stackParameters({ ...FACTS, config })["SecretStore"]).toBe(parameter);
  });

  test("spread the messages above five log sources", () => {
    const five = stackParameters({ ...FACTS, config: configOf(sources(5)) });
    expect(five).toMatchObject({ UseDispatcher: "false", Source5: "duo_5" });
    const six = stackParameters({ ...FACTS, config: configOf(sources(6)) });
    expect(six).toMatchObject({ UseDispatcher: "true", Source1: "", Source5: "" });
  });

  test("thousands of tables are maintained more often", () => {
    const config = configOf(sources(5_000));
    expect(stackParameters({ ...FACTS, config })["MaintainMinutes"]).toBe("120");
  });

  test("a setting wins over the stack's value, that over the template's; what is computed is never kept", () => {
    const previous = { MaxConcurrency: "7", AlarmEmail: "a@b.c", Source1: "old" };
    expect(stackParameters({ ...FACTS, previous, settings: { MaxConcurrency: "20" } })).toMatchObject({
      MaxConcurrency: "20",
      AlarmEmail: "a@b.c",
      Source1: "duo",
    });
  });

  test("name none that the template does not know", () => {
    const parameters = stackParameters({ ...FACTS, declared: ["Label"], previous: { Gone: "1" } });
    expect(parameters).toEqual({ Label: "main" });
  });

  test.each([
    [300_000, 5],
    [1_000, 1],
    [90_000, 2],
    [86_400_000, 1440],
  ])("an interval of %i ms is %i minutes", (intervalMs, minutes) => {
    expect(intervalMinutes(intervalMs)).toBe(minutes);
  });
});

describe("readSettings", () => {
  test("reads NAME=VALUE", () => {
    expect(readSettings(["AlarmEmail=a=b@c.d", "MemoryMiB= 2048 "])).toEqual({
      AlarmEmail: "a=b@c.d",
      MemoryMiB: "2048",
    });
  });

  test.each([
    ["MaxConcurency=3", "did you mean MaxConcurrency?"],
    ["Label=x", "there are AlarmEmail"],
    ["MaxConcurrency", "NAME=VALUE"],
  ])("refuses %s", (text, said) => {
    expect(() => readSettings([text])).toThrow(said);
  });
});
