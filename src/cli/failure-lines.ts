import type { TableResult } from "../pipeline/pull-result.ts";

/** One line per cause: five streams that fail for one wrong key are one thing to mend. */
export function failureLines(
  results: readonly Pick<TableResult, "source" | "account" | "table" | "error" | "skipped">[],
): string[] {
  const lines = new Map<string, { text: string; tables: Set<string> }>();
  for (const { source, account, table, error, skipped } of results) {
    if (skipped === "secret_not_populated") {
      const text = `The secret key of ${source} is not set yet; \`duolake secret set ${source}\` sets it`;
      lines.set(`${source} secret`, { text, tables: new Set() });
    }
    if (error === undefined) continue;
    const key = `${source} ${error.code}`;
    const line = lines.get(key) ?? { text: error.message, tables: new Set() };
    line.tables.add(account === undefined ? table : `${table} of ${account}`);
    lines.set(key, line);
  }
  return [...lines.values()].map(({ text, tables }) =>
    tables.size > 1 ? `${text} [${[...tables].join(", ")}]` : text,
  );
}
