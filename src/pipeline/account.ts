/** A child account that a log source of a managed service provider pulls. A log source's own account has none of this. */
export interface Account {
  /** `DA…` */
  readonly id: string;
  /** Empty where Duo names none. */
  readonly name: string;
}
