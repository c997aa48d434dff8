import { randomUUID } from "node:crypto";
import { daySpec } from "../append/prepare.ts";
import type { StagedFile } from "../lake.ts";
import { dayText } from "../spec/instant.ts";
import { currentSchema } from "../spec/metadata.ts";
import { tsOrderId } from "../spec/ts-order.ts";
import type { TableMetadata } from "../spec/types.ts";
import { stagedFile } from "../staged-file.ts";
import type { Store } from "../store/store.ts";
import type { WrittenFile } from "./write-parquet.ts";

/**
 * Moves finished files into the table's folder, durable, under names that nobody else uses; what was moved goes again where
 * one of them cannot be.
 */
export async function adoptFiles(
  store: Store,
  written: {
    readonly metadata: TableMetadata;
    readonly files: readonly WrittenFile[];
  },
): Promise<readonly StagedFile[]> {
  const { metadata, files } = written;
  const { fields } = currentSchema(metadata);
  const tsId = fields.find((field) => field.name === "ts")?.id ?? -1;
  const dayName = daySpec(metadata).fields[0]?.name ?? "";
  const sortOrderId = tsOrderId(metadata);
  const moves = files.map((file) => ({
    file,
    from: file.path,
    to: `${metadata.location}/data/${dayName}=${dayText(file.day)}/${randomUUID()}.parquet`,
  }));
  try {
    await store.adopt(moves);
  } catch (error) {
    for (const { to } of moves) await store.remove(to).catch(() => {});
    throw error;
  }
  return moves.map(({ file, to }) =>
    stagedFile(
      {
        content: 0,
        file_path: to,
        file_format: "PARQUET",
        partition: { [dayName]: file.day },
        record_count: file.rowCount,
        file_size_in_bytes: file.sizeBytes,
        ...file.metrics,
        sort_order_id: file.isSorted ? (sortOrderId ?? null) : null,
      },
      tsId,
    ),
  );
}
