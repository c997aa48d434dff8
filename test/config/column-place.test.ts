import { expect, test } from "vitest";
import { columnPlace } from "../../src/config/column-place.ts";
import { loadConfig } from "../../src/config/load.ts";
import { GOOD_SOURCE, testDirectory } from "./support/directory.ts";
import { testEcs, testTables } from "./support/vocabulary.ts";

const SOURCE_FILE = "log_sources/duo/log_source.yml";
const TABLE_FILE = "log_sources/duo/tables/auth.yml";
const FILES = {
  // From line 7 on.
  [SOURCE_FILE]: `${GOOD_SOURCE}schema:
  ecs_field_names:
    - user.roles
  fields:
    - { name: note, type: string }
    - { name: shared, type: { type: struct, fields: [{ name: a, type: int }] } }
`,
  [TABLE_FILE]: `schema:
  fields:
    - { name: own, type: { type: list, element: { type: struct, fields: [{ name: x, type: int }] } } }
    - { name: shared, type: { type: struct, fields: [{ name: b, type: int }] } }
    - name: s
      type:
        type: struct
        fields:
          - { name: element, type: date }
`,
};

test.each([
  ["note", SOURCE_FILE, 11, "string }"],
  ["user.roles", SOURCE_FILE, 9, "user.roles"],
  ["user.roles.element", SOURCE_FILE, 9, "user.roles"],
  ["shared.a", SOURCE_FILE, 12, "int }"],
  ["shared.b", TABLE_FILE, 4, "int }"],
  ["own.element.x", TABLE_FILE, 3, "int }"],
  ["own.element", TABLE_FILE, 3, "{ type: list"],
  ["s.element", TABLE_FILE, 9, "date }"],
  ["s.gone", TABLE_FILE, 7, "type: struct"],
  ["event.hash", TABLE_FILE, 1, "schema"],
  ["ts", TABLE_FILE, 1, "schema"],
])("columnPlace of %s is in %s, line %i, at %s", async (path, file, line, text) => {
  await using directory = await testDirectory(FILES);
  const { logSources } = await loadConfig(directory.dir, { tables: testTables, ecs: testEcs });
  const [table] = logSources[0]?.tables ?? [];
  if (table === undefined) throw new Error("there is no table");
  const written = (FILES as Readonly<Record<string, string>>)[file]?.split("\n")[line - 1] ?? "";
  expect(columnPlace(table, path)).toEqual({ file, line, column: written.indexOf(text) + 1 });
  expect(() => columnPlace({ ...table }, path)).toThrow(TypeError);
});
