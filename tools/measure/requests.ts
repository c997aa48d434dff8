import type { World } from "./world.ts";

/** Requests that one invocation sent. */
export interface Requests {
  readonly duo: number;
  /** PUT, COPY, POST and LIST: the dear ones. */
  readonly s3Writes: number;
  /** GET and HEAD. DELETE is free. */
  readonly s3Reads: number;
  readonly glue: number;
  /** When the first one came to Duo, ms since 1970. */
  readonly firstDuoAtMs: number | undefined;
}

/** Begins to count; the function that it gives ends it. */
export function countRequests({
  simulator,
  s3,
  glue,
}: Pick<World, "simulator" | "s3" | "glue">): () => Requests {
  simulator.ledger.clearRequests();
  const s3Before = s3.ledger.length;
  const glueBefore = glue.ledger.length;
  return () => {
    const duo = simulator.ledger.requests();
    const operations = s3.ledger.slice(s3Before).map(({ operation }) => operation);
    const reads = operations.filter((name) => name.startsWith("Get") || name.startsWith("Head"));
    const deletes = operations.filter((name) => name.startsWith("Delete") || name.startsWith("Abort"));
    return {
      duo: duo.length,
      s3Reads: reads.length,
      s3Writes: operations.length - reads.length - deletes.length,
      glue: glue.ledger.length - glueBefore,
      firstDuoAtMs: duo[0]?.atMs,
    };
  };
}
