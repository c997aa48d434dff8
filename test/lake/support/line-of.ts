import type { Row } from "../../../src/core/row.ts";
import { type Line, lineWriter } from "../../../src/lake/parquet/line-writer.ts";

/** A row as a spool takes it, of a table without columns. */
export function spoolLine(row: Row): Line {
  const writer = lineWriter([]);
  writer.write(row);
  return writer;
}

/** The text of a line, without the line feed. */
export function lineOf(row: Row): string {
  const { bytes, length } = spoolLine(row);
  return bytes.toString("utf8", 0, length - 1);
}
