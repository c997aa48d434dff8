const INT_MAX = 2_147_483_647;
const LONG_MAX = 9_223_372_036_854_775_807n;

/** What a value must look like to fit a column, in words and as a test; neither null nor undefined is asked. */
export interface Form {
  readonly form: string;
  readonly test: (value: unknown) => boolean;
}

const INSTANT: Form = textForm(
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/,
  "YYYY-MM-DDTHH:MM:SS.ffffffZ",
);

const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["boolean", { form: "true or false", test: (value) => typeof value === "boolean" }],
  ["int", { form: "an integer of 32 bits", test: isInt }],
  ["long", { form: "an integer of 64 bits", test: isLong }],
  ["float", { form: "a number", test: isNumber }],
  ["double", { form: "a number", test: isNumber }],
  ["date", textForm(/^\d{4}-\d\d-\d\d$/, "YYYY-MM-DD")],
  ["time", textForm(/^\d\d:\d\d:\d\d(\.\d{1,6})?$/, "HH:MM:SS.ffffff")],
  ["timestamp", INSTANT],
  ["timestamptz", INSTANT],
  ["uuid", textForm(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i, "a uuid")],
]);

/** Gives the form that the values of a column of a primitive type must have; text columns take everything. */
export function formOf(type: string): Form {
  // decimal: DuckDB knows best whether the digits fit.
  return FORMS.get(type) ?? { form: type, test: isDigits };
}

function textForm(pattern: RegExp, form: string): Form {
  return { form, test: (value) => typeof value === "string" && pattern.test(value) };
}

function isInt(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs((value as number) + 0.5) < INT_MAX + 1;
}

function isLong(value: unknown): boolean {
  if (typeof value === "bigint") return value <= LONG_MAX && value >= -LONG_MAX - 1n;
  // A double of 2^53 or more has lost digits already, but it is what the caller has.
  return Number.isInteger(value) && Math.abs(value as number) < 9.2e18;
}

function isNumber(value: unknown): boolean {
  return typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
}

function isDigits(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string" || typeof value === "bigint";
}
