import type { ColumnType } from "../core/columns.ts";

/** The Elastic Common Schema as configuration needs it; instants are `timestamptz`. */
export interface EcsFields {
  /** The type of a field, or of a whole group as a struct (`event`); undefined where ECS has no such name. */
  readonly lookup: (name: string) => ColumnType | undefined;
  /** Every leaf's dotted name; suggestions come from here. */
  readonly names: () => readonly string[];
}
