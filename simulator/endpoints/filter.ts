import { paramValues, type DuoRequest } from "../request.ts";
import type { RawEvent } from "../streams.ts";

/** Says whether a row is asked for. */
export type Filter = (event: RawEvent) => boolean;

const FILTERS: readonly { readonly key: string; readonly path: readonly string[] }[] = [
  { key: "users", path: ["user", "key"] },
  { key: "applications", path: ["application", "key"] },
  { key: "event_types", path: ["event_type"] },
  { key: "factors", path: ["factor"] },
  { key: "reasons", path: ["reason"] },
  { key: "results", path: ["result"] },
  { key: "phone_numbers", path: ["auth_device", "name"] },
];

/** The filters of the authentication log that a request names; undefined when it names none. */
export function filterOf(request: Pick<DuoRequest, "params">): Filter | undefined {
  const wanted = FILTERS.map(({ key, path }) => ({ path, values: paramValues(request, key) })).filter(
    ({ values }) => values.length > 0,
  );
  if (wanted.length === 0) return undefined;
  return (event) => wanted.every(({ path, values }) => values.includes(String(at(event, path))));
}

function at(event: RawEvent, path: readonly string[]): unknown {
  let value: unknown = event;
  for (const key of path) value = (value as RawEvent | null | undefined)?.[key];
  return value;
}
