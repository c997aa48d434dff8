import { DuolakeError } from "../../core/errors.ts";

const NAME = /^[a-z0-9_]+$/;

/** True for a name that a table here may have: every catalog, engine and file system takes it as it is. */
export function isTableName(name: string): boolean {
  return NAME.test(name);
}

/**
 * Where the files of a new table belong.
 *
 * @param root the folder of the database, without a slash at the end
 * @throws config_invalid for a name that is no plain one
 */
export function tableLocation(root: string, name: string): string {
  if (isTableName(name)) return `${root}/${name}`;
  throw new DuolakeError(
    "config_invalid",
    `Cannot use table name ${JSON.stringify(name)}: only a-z, 0-9 and _ are allowed`,
  );
}
