import { z } from "zod";

/**
 * A mapping with these keys and no others.
 *
 * zod does not say which keys it would have known, so the message of its `unrecognized_keys` issue is
 * that list, parted by blanks; `explainIssues` makes a sentence of it.
 */
export function mapping<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? Object.keys(shape).join(" ") : undefined),
  });
}

/** A key of Matano that is accepted and not used. */
export function unused(description: string): z.ZodType {
  return z.unknown().optional().describe(`${description} Accepted and not used.`);
}
