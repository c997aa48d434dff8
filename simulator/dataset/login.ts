import type { Application } from "./company.ts";
import type { Outcome } from "./outcome.ts";
import type { Computer, Person } from "./person.ts";
import type { Place } from "./places.ts";

/** What happened when somebody logged in or enrolled; every authentication view is made from it. */
export interface Login extends Outcome {
  /** Microseconds since 1970. */
  readonly us: number;
  readonly txid: string;
  readonly username: string;
  /** Undefined where the name is not one of ours. */
  readonly person: Person | undefined;
  readonly application: Application;
  readonly ip: string;
  readonly place: Place | undefined;
  readonly computer: Computer | undefined;
  readonly attack: boolean;
}
