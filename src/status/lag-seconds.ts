import type { TableStatus } from "./table-status.ts";

/** How long ago the watermark is, whole seconds; undefined before the first pull. */
export function lagSeconds(
  { watermarkMs }: Pick<TableStatus, "watermarkMs">,
  nowMs: number,
): number | undefined {
  return watermarkMs === undefined ? undefined : Math.max(0, Math.round((nowMs - watermarkMs) / 1000));
}
