/**
 * Gives `event.outcome` for a result as Duo words it (`success`, `SUCCESS`, `denied`, `fraud`, …): anything but
 * success is a failure, and no result at all is `unknown` rather than a guess.
 */
export function outcome(result: string | undefined): "success" | "failure" | "unknown" {
  if (result === undefined) return "unknown";
  return result === "success" || result.toLowerCase() === "success" ? "success" : "failure";
}
