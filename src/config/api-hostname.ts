const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}(?:duosecurity|duofederal)\.com$/;

/**
 * Says what is wrong with an API hostname; `undefined` when nothing is.
 *
 * Requests are signed with the secret key and sent there, so only Duo's own domains will do.
 */
export function apiHostnameProblem(text: string): string | undefined {
  const wanted = correctedHost(text);
  if (!HOST.test(wanted) || wanted.length > 253) {
    return "must be a host under duosecurity.com or duofederal.com, such as api-xxxxxxxx.duosecurity.com";
  }
  if (wanted.startsWith("admin-")) {
    return `is the address of the Admin Panel; the API hostname is probably ${wanted.replace(/^admin-/, "api-")}`;
  }
  return wanted === text.toLowerCase() ? undefined : `must be the bare hostname: write ${wanted}`;
}

function correctedHost(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, "")
    .replace(/[/?#].*$/s, "")
    .replace(/^.*@/s, "")
    .replace(/:\d*$/, "")
    .replace(/\.$/, "");
}
