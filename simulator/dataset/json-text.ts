/**
 * Writes JSON the way Duo's server does inside `description` and `details`: a blank after each comma and
 * colon, and characters beyond ASCII as they are.
 */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item)}`);
    return `{${members.join(", ")}}`;
  }
  return JSON.stringify(value);
}
