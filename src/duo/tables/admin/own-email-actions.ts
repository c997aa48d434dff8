/** Actions whose description names the e-mail address of the administrator who acted. */
export const OWN_EMAIL_ACTIONS: ReadonlySet<string> = new Set([
  "admin_self_activate",
  "admin_login",
  "admin_login_error",
  "admin_2fa_error",
]);
