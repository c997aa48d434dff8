/** One column of a printed table. */
export interface TextColumn {
  readonly title: string;
  readonly align?: "left" | "right";
}

/**
 * Lays out rows in columns, as wide as their widest cell, two blanks apart.
 *
 * @param columns titles and alignment; a table whose titles are all empty gets no head
 * @param rows cells, one per column
 * @returns lines, each ended with a newline
 */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(width(title), ...rows.map((row) => width(row[index] ?? ""))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const blanks = " ".repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
        return columns[index]?.align === "right" ? blanks + cell : cell + blanks;
      })
      .join("  ")
      .trimEnd();
  const head = columns.some(({ title }) => title !== "") ? [line(columns.map(({ title }) => title))] : [];
  return [...head, ...rows.map(line)].map((text) => `${text}\n`).join("");
}

/** Cells a terminal uses for the text; wide East Asian characters take two. */
function width(text: string): number {
  let cells = 0;
  for (const character of text) cells += WIDE.test(character) ? 2 : 1;
  return cells;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]/u;
