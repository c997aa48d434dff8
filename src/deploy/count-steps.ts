/** A number of things of which nobody wants to hear one by one. */
const EVERY = 100;

/**
 * Says how far a long piece of work is, each time another hundred are done; says nothing of a short one.
 *
 * @param step takes the words
 * @param work the kind of work in words, and how much there is of it
 * @returns is called once for each thing that is done
 */
export function countSteps(
  step: ((text: string) => void) | undefined,
  { doing, total }: { readonly doing: string; readonly total: number },
): () => void {
  let count = 0;
  return () => {
    count += 1;
    if (count % EVERY === 0 && count < total) step?.(`${doing}: ${count} of ${total}`);
  };
}
