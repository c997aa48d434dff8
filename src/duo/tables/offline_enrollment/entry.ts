import type { Structure } from "../common/read-structure.ts";

/** One entry of the table, whichever log it was read from. */
export interface OfflineEnrollmentEntry {
  readonly action: string | undefined;
  /** The user enrolled. */
  readonly user: string | undefined;
  /** The application that the enrolment belongs to. */
  readonly object: string | undefined;
  readonly outcome: string;
  /** A description in plain words. */
  readonly text: string | undefined;
  /** A description that is a structure. */
  readonly structure: Structure | undefined;
}
