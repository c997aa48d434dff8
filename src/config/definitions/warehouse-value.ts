import { z } from "zod";

const S3 = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[A-Za-z0-9!_.*'()/-]*)?$/;

/** A folder, or `s3://bucket/prefix`. */
export function warehouseValue(): z.ZodPrefault<z.ZodType<string, string>> {
  return z
    .string()
    .superRefine((text, context) => {
      const problem = warehouseProblem(text);
      if (problem !== undefined) context.addIssue(problem);
    })
    .prefault("./lake")
    .describe(
      "Where the tables live: a folder, relative to this file, or s3://bucket/prefix. ./lake when not given.",
    );
}

function warehouseProblem(text: string): string | undefined {
  if (text.trim() === "") return "must not be empty";
  if (text.includes("\0")) return "must not hold a NUL character";
  if (text.startsWith("~")) return "must be written out: ~ is not replaced by the home folder";
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(text)?.[1];
  if (scheme === undefined) return undefined;
  if (scheme.toLowerCase() !== "s3") return "must be a folder or s3://bucket/prefix";
  return S3.test(text) ? undefined : "must be s3://bucket/prefix with a valid bucket name";
}
