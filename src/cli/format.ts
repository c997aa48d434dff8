/** `12345` -> `12,345`, whatever the locale. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A size for people, in the unit that leaves one to three digits before the point: `512 B`, `1.2 MB`. */
export function formatBytes(sizeBytes: number): string {
  let size = sizeBytes;
  for (const unit of BYTE_UNITS) {
    if (size < 999.5) return `${unit === "B" || size >= 99.5 ? Math.round(size) : size.toFixed(1)} ${unit}`;
    size /= 1000;
  }
  return `${Math.round(size)} PB`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** An instant for people: `2026-11-22 19:20:05Z`. */
export function formatInstant(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}

/** An instant for `--json`: ISO 8601 with `Z`. */
export function isoInstant(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** A length of time for people, in its two largest units: `2 d 3 h`, `5 min 12 s`, `40 s`. */
export function formatDuration(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(seconds));
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
    // The unit behind the first one counts only while it directly follows: `2 d 5 s` tells nobody anything.
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;
