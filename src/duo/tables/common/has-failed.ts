const FAILED_ENDINGS: readonly string[] = ["_error", "_fail", "_failed", "_failure", "_denied", "_lockout"];

/** True for an action whose name says that it did not succeed (`admin_login_error`, `azure_sync_fail`). */
export function hasFailed(action: string): boolean {
  return FAILED_ENDINGS.some((ending) => action.endsWith(ending));
}
