/** Bytes of a line of JSON while it is written. Writers are told where to begin and give back where they ended. */
export interface LineBuffer {
  bytes: Buffer;
  /** The same bytes, for writing several at once. */
  view: DataView;
  /** Why the row cannot be stored; then what stands in `bytes` is of no use. */
  misfit: string | undefined;
}

const BYTES_MIN = 32 * 1024;

/** Makes a line that grows as it is written. */
export function lineBuffer(): LineBuffer {
  const bytes = Buffer.allocUnsafe(BYTES_MIN);
  return { bytes, view: viewOf(bytes), misfit: undefined };
}

/** Makes room for `count` bytes from `at` on, and keeps those before. */
export function reserve(line: LineBuffer, at: number, count: number): void {
  const needed = at + count;
  if (needed <= line.bytes.length) return;
  const larger = Buffer.allocUnsafe(Math.max(needed, line.bytes.length * 2));
  line.bytes.copy(larger, 0, 0, at);
  line.bytes = larger;
  line.view = viewOf(larger);
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
