import type { FieldType, NestedField } from "../spec/types.ts";

/** Says why a value does not fit its column, with the dotted path, or undefined where it fits. */
export type Fit = (value: unknown) => string | undefined;

const INT_MAX = 2_147_483_647;
const LONG_MAX = 9_223_372_036_854_775_807n;
const TEXT_FORMS: Readonly<Record<string, { readonly pattern: RegExp; readonly form: string }>> = {
  date: { pattern: /^\d{4}-\d\d-\d\d$/, form: "YYYY-MM-DD" },
  time: { pattern: /^\d\d:\d\d:\d\d(\.\d{1,6})?$/, form: "HH:MM:SS.ffffff" },
  timestamp: instantForm(),
  timestamptz: instantForm(),
  uuid: { pattern: /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i, form: "a uuid" },
};

function instantForm(): { readonly pattern: RegExp; readonly form: string } {
  return {
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/,
    form: "YYYY-MM-DDTHH:MM:SS.ffffffZ",
  };
}

/**
 * Makes the check of a row against the table's columns, done before the row is spooled.
 *
 * DuckDB would refuse some misfits, which fails the whole batch, and quietly change others: 1.6 becomes the
 * integer 2, true the integer 1, and of two keys that differ in case one is lost. Members that the table has no
 * column for are passed over, as DuckDB does; text columns take any scalar or document, kept as its JSON.
 */
export function fitOf(fields: readonly NestedField[]): Fit {
  return struct(fields, "");
}

function struct(fields: readonly NestedField[], path: string): Fit {
  const members = new Map<string, { readonly name: string; readonly fit: Fit | undefined }>();
  for (const { name, type } of fields) {
    const member = { name, fit: fit(type, path === "" ? name : `${path}.${name}`) };
    members.set(name, member);
    members.set(name.toLowerCase(), member);
  }
  return (value) => {
    if (value === null || value === undefined) return undefined;
    if (typeof value !== "object" || Array.isArray(value)) return misfit(path, "an object", value);
    const record = value as Record<string, unknown>;
    for (const key in record) {
      const member = members.get(key) ?? members.get(key.toLowerCase());
      if (member === undefined) continue;
      if (member.name !== key && Object.hasOwn(record, member.name)) {
        return `it has ${JSON.stringify(key)} beside ${JSON.stringify(member.name)}, which are one column`;
      }
      const problem = member.fit?.(record[key]);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** Undefined where every value fits: the check costs time for every row. */
function fit(type: FieldType, path: string): Fit | undefined {
  if (type === "string" || type === "binary") return undefined;
  if (typeof type !== "string") {
    if (type.type === "struct") return struct(type.fields, path);
    if (type.type !== "list") return (value) => (value == null ? undefined : misfit(path, "absent", value));
    const element = fit(type.element, `${path}.element`);
    return (value) => {
      if (value === null || value === undefined) return undefined;
      if (!Array.isArray(value)) return misfit(path, "a list", value);
      for (const item of value as readonly unknown[]) {
        const problem = element?.(item);
        if (problem !== undefined) return problem;
      }
      return undefined;
    };
  }
  const { form, test } = primitive(type);
  return (value) =>
    value === null || value === undefined || test(value) ? undefined : misfit(path, form, value);
}

function primitive(type: string): { readonly form: string; readonly test: (value: unknown) => boolean } {
  const text = TEXT_FORMS[type];
  if (text !== undefined) {
    return { form: text.form, test: (value) => typeof value === "string" && text.pattern.test(value) };
  }
  switch (type) {
    case "boolean":
      return { form: "true or false", test: (value) => typeof value === "boolean" };
    case "int":
      return {
        form: "an integer of 32 bits",
        test: (value) => Number.isInteger(value) && Math.abs((value as number) + 0.5) < INT_MAX + 1,
      };
    case "long":
      return { form: "an integer of 64 bits", test: isLong };
    case "float":
    case "double":
      return {
        form: "a number",
        test: (value) => typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value)),
      };
    default:
      // decimal: DuckDB knows best whether the digits fit.
      return {
        form: type,
        test: (value) => typeof value === "number" || typeof value === "string" || typeof value === "bigint",
      };
  }
}

function isLong(value: unknown): boolean {
  if (typeof value === "bigint") return value <= LONG_MAX && value >= -LONG_MAX - 1n;
  // A double of 2^53 or more has lost digits already, but it is what the caller has.
  return Number.isInteger(value) && Math.abs(value as number) < 9.2e18;
}

function misfit(path: string, form: string, value: unknown): string {
  let shown = typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? String(value));
  if (shown.length > 80) shown = `${shown.slice(0, 79)}…`;
  return `${path} must be ${form}, got ${shown}`;
}
