import { readFile, readdir } from "node:fs/promises";

import * as fc from "fast-check";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { z } from "zod";

import { logSourceDefinition } from "../../src/config/definitions/log-source-definition.ts";
import { initialFiles } from "../../src/config/initial-files.ts";
import { jsonSchemas } from "../../src/config/json-schemas.ts";
import { GOOD_SOURCE } from "./support/directory.ts";

function schemaOf(name: string): z.ZodType {
  const file = jsonSchemas().find(({ path }) => path === `docs/schemas/${name}.schema.json`);
  return z.fromJSONSchema(JSON.parse(file?.content ?? "null") as Parameters<typeof z.fromJSONSchema>[0]);
}

function accepts(schema: z.ZodType, text: string): boolean {
  return schema.safeParse(parse(text)).success;
}

test("jsonSchemas is what docs/schemas holds", async () => {
  const files = jsonSchemas();
  expect((await readdir("docs/schemas")).map((name) => `docs/schemas/${name}`)).toEqual(
    files.map(({ path }) => path).sort(),
  );
  for (const { path, content } of files) expect(await readFile(path, "utf8")).toBe(content);
});

interface JsonSchema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

function undescribed(schema: JsonSchema, path: string): readonly string[] {
  const { properties = {}, definitions = {}, items, anyOf = [], oneOf = [] } = schema;
  const keys = Object.entries(properties).flatMap(([key, inner]) => {
    const deeper = undescribed(inner, `${path}.${key}`);
    return inner.description === undefined && inner.$ref === undefined
      ? deeper.concat(`${path}.${key}`)
      : deeper;
  });
  const others = [...Object.values(definitions), ...(items === undefined ? [] : [items]), ...anyOf, ...oneOf];
  return [...keys, ...others.flatMap((inner) => undescribed(inner, path))];
}

test("jsonSchemas describes every key", () => {
  for (const { path, content } of jsonSchemas()) {
    expect(undescribed(JSON.parse(content) as JsonSchema, path)).toEqual([]);
  }
});

test("jsonSchemas accepts what init writes", () => {
  const files = initialFiles({
    sourceName: "duo",
    apiHostname: "api-eac94d5a.duosecurity.com",
    integrationKey: "DI62OFKPBEXHLW1DOB8A",
    tables: ["auth"],
  });
  const kinds: Readonly<Record<string, string>> = {
    "matano.config.yml": "matano-config",
    "log_sources/duo/log_source.yml": "log-source",
    "log_sources/duo/tables/auth.yml": "table",
  };
  for (const { path, content } of files.filter((file) => file.path.endsWith(".yml"))) {
    expect([path, accepts(schemaOf(kinds[path]!), content)]).toEqual([path, true]);
  }
});

test("jsonSchemas accepts columns and refuses what loadConfig refuses by shape", () => {
  const source = schemaOf("log-source");
  const columns = `schema:
  ecs_field_names: [user.roles]
  fields:
    - {name: a, type: "decimal(9,2)"}
    - {name: b, type: {type: list, element: {type: struct, fields: [{name: c, type: long, doc: x}]}}}
`;
  expect(accepts(source, GOOD_SOURCE + columns)).toBe(true);
  expect(accepts(source, GOOD_SOURCE + columns.replace("long", "lng"))).toBe(false);
  expect(accepts(source, `${GOOD_SOURCE}transform: .x = 1\n`)).toBe(false);
  expect(accepts(source, `${GOOD_SOURCE}    secret_key: x\n`)).toBe(false);
  expect(accepts(source, GOOD_SOURCE.replace("name: duo", "name: duology"))).toBe(false);
  expect(accepts(schemaOf("matano-config"), "aws: {account: x}\npull: {interval: 5m}\n")).toBe(true);
  expect(accepts(schemaOf("matano-config"), "pull: {interval: 5}\n")).toBe(false);
  expect(accepts(schemaOf("matano-config"), "pull: {failing_after: 1h}\n")).toBe(true);
  expect(accepts(schemaOf("matano-config"), "pull: {failing_after: 1}\n")).toBe(false);
});

test("jsonSchemas takes the same child accounts as loadConfig does", () => {
  const ids = fc.constantFrom(
    "DAK1L2M3N4O5P6Q7R8S9",
    "DA00000000000000000A",
    "DIK1L2M3N4O5P6Q7R8S9",
    "all",
    "",
    5,
  );
  const values = fc.oneof(fc.array(ids, { maxLength: 3 }), ids, fc.constant({}));
  const schema = schemaOf("log-source");
  fc.assert(
    fc.property(values, (accounts) => {
      const text = `${GOOD_SOURCE}    accounts: ${JSON.stringify(accounts)}\n`;
      expect(accepts(schema, text)).toBe(logSourceDefinition.safeParse(parse(text)).success);
    }),
  );
});
