/** A schema with its decimals as Iceberg's own code writes them: `decimal(9, 2)`. */
export function respelled<T extends object>(schema: T): T {
  const text = JSON.stringify(schema).replaceAll(/"decimal\((\d+),\s*/g, '"decimal($1, ');
  return JSON.parse(text) as T;
}
