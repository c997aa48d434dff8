import { z } from "zod";

/** What Duo calls the account_id of a child account (Duo Accounts API, "Retrieve Accounts"). */
const ACCOUNT_ID_PATTERN = /^DA[A-Z0-9]{18}$/;

const accountId = z.string().regex(ACCOUNT_ID_PATTERN, {
  error: "must be an account id: DA and 18 capital letters or digits",
});

const all = z
  .string()
  .regex(/^all$/, { error: "must be all or a list of account ids" })
  .meta({ enum: ["all"] });

const some = z
  .array(accountId)
  .min(1, { error: "must name at least one account; leave accounts out to pull the account itself" })
  .superRefine((ids, context) => {
    for (const [i, id] of ids.entries()) {
      if (ids.indexOf(id) === i) continue;
      context.addIssue({ code: "custom", path: [i], message: "is written twice" });
    }
  })
  .meta({ uniqueItems: true });

/** Which child accounts of a managed service provider are pulled: `all`, or a list of their ids. */
export function accountsValue(): z.ZodType<"all" | readonly string[]> {
  // A word of its own kind: of a literal, zod would not tell the wrong word from the wrong kind of value.
  return z.union([all as unknown as z.ZodType<"all">, some], {
    error: "must be all or a list of account ids",
  });
}
