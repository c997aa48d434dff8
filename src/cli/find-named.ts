import { closestName } from "../config/closest-name.ts";
import { DuolakeError } from "../core/errors.ts";

/**
 * Finds what the user named, or says what there is.
 *
 * @param kind for the message: `log source`, `table`
 * @throws usage_invalid with a suggestion
 */
export function findNamed<Item>(
  items: readonly Item[],
  options: { readonly kind: string; readonly name: string; readonly nameOf: (item: Item) => string },
): Item {
  const { kind, name, nameOf } = options;
  const found = items.find((item) => nameOf(item) === name);
  if (found !== undefined) return found;
  const names = items.map(nameOf);
  const meant = closestName(name, names);
  const hint = meant === undefined ? `there are: ${names.join(", ") || "none"}` : `did you mean ${meant}?`;
  throw new DuolakeError("usage_invalid", `Cannot find the ${kind}: ${hint}, got ${JSON.stringify(name)}`);
}
