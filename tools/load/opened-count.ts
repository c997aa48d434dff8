import type { LoadContainer } from "./containers.ts";

/** As `src/aws/keep-open.ts`: a container forgets everything before it knows more log sources. */
const SOURCE_COUNT_MAX = 100;

/** How many of the log sources of a message a container has to open; it knows them from then on. */
export function openedCount({ known }: LoadContainer, sources: readonly string[]): number {
  const all = new Set([...known, ...sources]);
  if (all.size > Math.max(SOURCE_COUNT_MAX, sources.length)) known.clear();
  const count = sources.filter((source) => !known.has(source)).length;
  for (const source of sources) known.add(source);
  return count;
}
