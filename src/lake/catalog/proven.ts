import type { Catalog } from "./catalog.ts";

/**
 * A catalog that writes nothing before its store was proven, once: for one whose commit is a write that the store grants to one of
 * many. A lake may have been copied to a store that grants it to all, so the first table is not the only time to look.
 *
 * @param prove throws where the store must not be used; then the next write asks again
 */
export function provenCatalog(catalog: Catalog, prove: () => Promise<void>): Catalog {
  let proving: Promise<void> | undefined;
  const proven = (): Promise<void> => {
    proving ??= prove().catch((error: unknown) => {
      proving = undefined;
      throw error;
    });
    return proving;
  };
  return {
    ...catalog,
    create: async (name, metadata) => {
      await proven();
      return catalog.create(name, metadata);
    },
    commit: async (base, requirements, updates) => {
      await proven();
      return catalog.commit(base, requirements, updates);
    },
  };
}
