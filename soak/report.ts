import type { ComparedTable } from "./compare.ts";
import type { LakeSize } from "./lake-size.ts";
import type { OtherRules } from "./other-rules.ts";
import type { Tally } from "./tally.ts";

/** Writes the end of a soak as text: tables that stand in Markdown too. */
export function reportText(found: {
  readonly compared: readonly ComparedTable[];
  readonly tally: Tally;
  readonly others: readonly OtherRules[];
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly size: LakeSize;
  readonly pullMs: { readonly first: number; readonly last: number };
}): string {
  const { compared, tally, others, range, size, pullMs } = found;
  const tables = compared.map(
    ({ source, accountId, table, servedCount, rowCount, lost, repeated, tooLateCount }) => {
      const { healed, rereads, failedPulls } = tally.of(source, accountId, table);
      const owner = accountId === undefined ? source : `${source} ${accountId.slice(0, 6)}`;
      return [
        `${owner} ${table}`,
        servedCount,
        rowCount,
        lost.length,
        repeated.length,
        healed,
        rereads,
        failedPulls,
        tooLateCount,
      ];
    },
  );
  const requests = [...tally.paths].map(([path, { requests: count, limited }]) => [path, count, limited]);
  const other = others.flatMap(({ name, result }) =>
    result(range).map(({ stream, shownCount, lostCount, repeatedCount }) => [
      name,
      stream,
      shownCount,
      lostCount,
      repeatedCount,
    ]),
  );
  const failures = [...tally.failures].map(([code, count]) => `${code} ${count}`).join(", ");
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  return [
    textTable(
      ["table", "served", "rows", "lost", "repeated", "healed", "re-reads", "failed pulls", "too late"],
      tables,
    ),
    textTable(["endpoint", "requests", "429"], requests),
    `failures met: ${failures === "" ? "none" : failures}`,
    `a pull that brings rows, median: ${pullMs.first.toFixed(0)} ms at the start, ${pullMs.last.toFixed(0)} ms at the end`,
    `on disk: ${size.dataFileCount} data files, ${mebibytes(size.dataBytes)} MiB; ${size.metadataFileCount} metadata files, ${mebibytes(size.metadataBytes)} MiB`,
    "",
    "Model of other rules on the same events and outages (not their code):",
    textTable(["rule", "stream", "shown", "lost", "repeated"], other),
    ...compared.flatMap(({ source, problem }) => (problem === undefined ? [] : [`${source}: ${problem}`])),
    ...compared.flatMap(({ source, table, lost, repeated }) => [
      ...lost.slice(0, 3).map((text) => `lost from ${source}_${table}: ${text.slice(0, 300)}`),
      ...repeated.slice(0, 3).map((text) => `repeated in ${source}_${table}: ${text.slice(0, 300)}`),
    ]),
    "",
  ].join("\n");
}

function textTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number))).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [first, ...others] = all as [string[], ...string[][]];
  return `${[line(first), rule, ...others.map(line)].join("\n")}\n`;
}
