import { walkLeaves, type Column, type ColumnType } from "../../src/core/columns.ts";
import { ACTIVITY_COLUMNS } from "../../src/duo/tables/activity/columns.ts";
import { ADMIN_COLUMNS } from "../../src/duo/tables/admin/columns.ts";
import { AUTH_COLUMNS } from "../../src/duo/tables/auth/columns.ts";
import { addedNames, type TableColumns } from "../../src/duo/tables/common/table-columns.ts";
import { LOG_TABLES } from "../../src/duo/tables/index.ts";
import { OFFLINE_ENROLLMENT_COLUMNS } from "../../src/duo/tables/offline_enrollment/columns.ts";
import { SUMMARY_COLUMNS } from "../../src/duo/tables/summary/columns.ts";
import type { LogTable, Paging, Refusal, Stream, TableName } from "../../src/duo/tables/table.ts";
import { TELEPHONY_COLUMNS } from "../../src/duo/tables/telephony/columns.ts";
import { TRUST_MONITOR_COLUMNS } from "../../src/duo/tables/trust_monitor/columns.ts";
import type { GeneratedFile } from "./generated-file.ts";
import { QUERIES } from "./queries.ts";

const DECLARED: Readonly<Record<TableName, TableColumns>> = {
  admin: ADMIN_COLUMNS,
  auth: AUTH_COLUMNS,
  offline_enrollment: OFFLINE_ENROLLMENT_COLUMNS,
  summary: SUMMARY_COLUMNS,
  telephony: TELEPHONY_COLUMNS,
  activity: ACTIVITY_COLUMNS,
  trust_monitor: TRUST_MONITOR_COLUMNS,
};

/** What makes an event of a stream the same event again. */
const IDENTITIES: Readonly<Record<string, string>> = {
  administrator_v1: "the whole event, and its number among equal events of the same second",
  authentication_v2: "`txid` and `isotimestamp`",
  offline_enrollment_v1: "the whole event, and its number among equal events of the same second",
  info_summary: "none: a row is written when a value changed, and at least once an hour",
  telephony_v2: "`telephony_id`",
  telephony_v1: "the whole event, and its number among equal events of the same second",
  activity_v2: "`activity_id`",
  trust_monitor_v1: "`sekey` and the content: every version that was seen is a row",
};

const PAGINGS: Readonly<Record<Paging, string>> = {
  cursor: "cursor, milliseconds",
  offset: "offset, milliseconds",
  list: "list, seconds",
  gauge: "one object",
};

const REFUSALS: Readonly<Record<Refusal, string>> = { gone: "gone (404, 410)", forbidden: "forbidden (403)" };

/** One page for each table, from its declaration: streams, columns, questions. */
export function tableDocs(): readonly GeneratedFile[] {
  return LOG_TABLES.map((table) => ({
    path: `docs/tables/duo_${table.name}.md`,
    content: [
      "<!-- Written by `npm run docs`; change the table's declaration instead. -->",
      `# duo_${table.name}`,
      table.description,
      streamsSection(table),
      columnsSection(table),
      queriesSection(table),
    ]
      .join("\n\n")
      .concat("\n"),
  }));
}

function streamsSection({ streams }: LogTable): string {
  const rows = streams.map(({ name, path, paging, permission }) => {
    const identity = IDENTITIES[name];
    if (identity === undefined)
      throw new RangeError(`Cannot document stream: no identity in words, got ${name}`);
    return [`\`${name}\``, `\`${path}\``, PAGINGS[paging], permission, identity];
  });
  const order = streams.length > 1 ? `\n\n${streams.flatMap(handOver).join(" ")}` : "";
  return `## Streams\n\n${markdownTable(["Stream", "Endpoint", "Paging", "Permission", "Identity"], rows)}${order}`;
}

/** Says when a stream gives way to the next one; nothing for the last. */
function handOver({ name, givesWayOn = [] }: Stream, place: number, streams: readonly Stream[]): string[] {
  const next = streams[place + 1];
  if (next === undefined) return [];
  const answers = givesWayOn.map((refusal) => REFUSALS[refusal]).join(" or ");
  return [`\`${name}\` feeds the table; where Duo answers that it is ${answers}, \`${next.name}\` does.`];
}

function columnsSection(table: LogTable): string {
  const { inMatano } = DECLARED[table.name];
  const added = addedNames(DECLARED[table.name]);
  const rows: string[][] = [];
  walkLeaves(table.columns(), (path, column) => {
    rows.push(columnRow(path, column, inMatano ? [added.has(path) ? "added" : "Matano"] : []));
    for (const field of elementFields(column)) {
      rows.push(columnRow(`${path}[].${field.name}`, field, inMatano ? [""] : []));
    }
  });
  const origin = inMatano
    ? "`Matano` columns stand in the table of that name of Matano's managed log source, `added` ones do not."
    : "Matano has no such table.";
  const head = ["Column", "Type", ...(inMatano ? ["From"] : []), "Description"];
  return [
    "## Columns",
    `Every column may be null. The table is partitioned by the day of \`ts\`. ${origin}`,
    markdownTable(head, rows),
  ].join("\n\n");
}

function columnRow(path: string, { type, doc }: Column, origin: readonly string[]): string[] {
  return [`\`${path}\``, `\`${typeText(type)}\``, ...origin, doc ?? ""];
}

function queriesSection({ name }: LogTable): string {
  const parts = QUERIES[name].map(
    ({ question, sql }) => `**${question}**\n\n\`\`\`sql\n${sql.trim()}\n\`\`\``,
  );
  return `## Questions\n\nFor \`duolake query\`, or any DuckDB.\n\n${parts.join("\n\n")}`;
}

function elementFields({ type }: Column): readonly Column[] {
  if (typeof type === "string" || type.type === "struct") return [];
  return typeof type.element === "object" && type.element.type === "struct" ? type.element.fields : [];
}

function typeText(type: ColumnType): string {
  if (typeof type === "string") return type;
  return type.type === "list" ? `list<${typeText(type.element)}>` : "struct";
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
