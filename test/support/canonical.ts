/** The event as JSON with sorted keys; written apart from the program's own so that both would have to be wrong. */
export function canonical(event: unknown): string {
  return JSON.stringify(event, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
