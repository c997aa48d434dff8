/** What is known of one value of an event. */
export type KnownField =
  /** Any value; it is looked at no further: plain texts, free-form maps, JSON in text. */
  | "any"
  /** An enumeration that Duo may extend at any time: its texts as far as known. A list is a list of such texts. */
  | ReadonlySet<string>
  /** An object whose keys are known, or a list of such objects. */
  | KnownShape;

/** The keys known of an object, each with what is known of its value. */
export interface KnownShape {
  /** Sorted, as Duo sends them: a reader may walk both side by side. */
  readonly keys: readonly string[];
  /** What is known of the value of the key at the same place. */
  readonly fields: readonly KnownField[];
  /** The place of each key. */
  readonly places: ReadonlyMap<string, number>;
}

/**
 * Declares what is known of an object.
 *
 * @param plain keys whose values are looked at no further
 * @param others keys with known values, or with known keys of their own
 */
export function knownShape(
  plain: readonly string[],
  others: Readonly<Record<string, KnownField>> = {},
): KnownShape {
  const all = new Map<string, KnownField>(plain.map((key) => [key, "any"]));
  for (const [key, field] of Object.entries(others)) all.set(key, field);
  const keys = [...all.keys()].toSorted();
  return {
    keys,
    fields: keys.map((key) => all.get(key) as KnownField),
    places: new Map(keys.map((key, place) => [key, place])),
  };
}
