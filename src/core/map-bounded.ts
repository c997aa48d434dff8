/**
 * Like `Promise.all(items.map(work))`, with at most `concurrencyMax` of them under way; results in the order of `items`.
 * After the first failure nothing more is started; it is thrown once what was under way has ended.
 */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  concurrencyMax: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrencyMax, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
}
