import { z } from "zod";

import { apiHostnameProblem } from "../api-hostname.ts";
import { INTEGRATION_KEY_PATTERN } from "../integration-key.ts";
import { accountsValue } from "./accounts-value.ts";
import { mapping } from "./mapping.ts";
import { sharedKeys } from "./shared-keys.ts";
import type { CommonKeys } from "./shared-keys.ts";

/** `log_source.yml` of a Duo account. */
export interface LogSourceFile extends CommonKeys {
  readonly name: string;
  readonly managed: {
    readonly type: string;
    readonly properties: {
      /** Lower case. */
      readonly api_hostname: string;
      readonly integration_key: string;
      readonly admin_stream: "auto" | "v1" | "activity";
      readonly accounts?: "all" | readonly string[] | undefined;
    };
  };
}

const apiHostname = z
  .string()
  .superRefine((text, context) => {
    const problem = apiHostnameProblem(text);
    if (problem !== undefined) context.addIssue(problem);
  })
  .transform((text) => text.toLowerCase())
  .describe("The API hostname of the application, such as api-xxxxxxxx.duosecurity.com.");

const properties = mapping({
  api_hostname: apiHostname,
  integration_key: z
    .string()
    .regex(INTEGRATION_KEY_PATTERN, {
      error: "must be 1 to 64 printable characters without blanks and colons",
    })
    .describe(
      "The integration key of the Admin API application, or of the Accounts API application where accounts is given: " +
        "DI and 18 letters or digits.",
    ),
  admin_stream: z
    .enum(["auto", "v1", "activity"])
    .prefault("auto")
    .describe(
      "What feeds the tables admin and offline_enrollment: auto takes the v1 logs while Duo answers them and " +
        "the activity log from then on; v1 and activity take that one only.",
    ),
  accounts: accountsValue()
    .optional()
    .describe(
      "For managed service providers: the child accounts to pull, all or a list of their ids (DA and 18 letters or " +
        "digits). The account itself is pulled when not given.",
    ),
}).describe("How the account is reached; the secret key is never written here.");

/** What `log_source.yml` of a Duo account may hold. */
export const logSourceDefinition: z.ZodType<LogSourceFile> = mapping({
  name: z
    .string()
    .regex(/^(?=.{1,64}$)duo(_[a-z0-9]+)*$/, {
      error:
        "must be duo or duo_<suffix>, such as duo_prod: lower-case letters, digits and single _, at most 64",
    })
    .describe("duo or duo_<suffix>; the tables are named after it: duo_auth, duo_prod_auth."),
  managed: mapping({
    type: z
      .string()
      .regex(/^[Dd][Uu][Oo]$/, { error: "must be DUO, the one type known here" })
      .describe("DUO, in upper or lower case."),
    properties,
  }).describe("Says that this log source is a Duo account."),
  ...sharedKeys(),
}).describe("One Duo account: log_sources/<folder>/log_source.yml.") as z.ZodType<LogSourceFile>;
