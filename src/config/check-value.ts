import type { z } from "zod";

import { explainIssues, issueText } from "./explain-issues.ts";
import type { ConfigProblem } from "./problem.ts";
import type { YamlFile } from "./yaml-file.ts";

/**
 * Checks a file against its definition.
 *
 * @returns the value with its defaults; `undefined` where it does not fit, and then `problems` has every reason
 */
export function checkValue<T>(
  yaml: YamlFile,
  definition: z.ZodType<T>,
  problems: ConfigProblem[],
): T | undefined {
  const result = definition.safeParse(yaml.value ?? {}, { error: issueText });
  if (result.success) return result.data;
  for (const { path, at, message } of explainIssues(yaml, result.error.issues)) {
    const position = at === "key" ? yaml.keyAt(path) : yaml.valueAt(path);
    problems.push({ file: yaml.file, ...position, message });
  }
  return undefined;
}
