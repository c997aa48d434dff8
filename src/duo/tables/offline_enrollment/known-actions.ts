/** The actions of the offline enrolment log, as far as known. */
export const OFFLINE_ACTIONS: ReadonlySet<string> = new Set([
  "o2fa_user_deprovisioned",
  "o2fa_user_provisioned",
  "o2fa_user_reenrolled",
]);
