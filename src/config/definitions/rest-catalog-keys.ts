import { z } from "zod";

import { mapping } from "./mapping.ts";

/** The keys of `lake.catalog` for type rest, as they are written. */
export interface RestCatalogKeys {
  readonly uri?: string | undefined;
  readonly warehouse?: string | undefined;
  readonly prefix?: string | undefined;
  readonly auth?: "none" | "bearer" | "oauth2" | "sigv4" | undefined;
  readonly oauth2?:
    | {
        readonly token_uri?: string | undefined;
        readonly scope?: string | undefined;
        readonly client_id?: string | undefined;
      }
    | undefined;
  readonly sigv4?: { readonly service: string; readonly region: string } | undefined;
}

const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** The keys of `lake.catalog` for type rest. Secrets have none: they are in the environment only. */
export function restCatalogKeys(): {
  readonly [K in keyof Required<RestCatalogKeys>]: z.ZodOptional<z.ZodType<NonNullable<RestCatalogKeys[K]>>>;
} {
  return {
    uri: url().optional().describe("rest: the address of the catalog, without /v1."),
    warehouse: text()
      .optional()
      .describe("rest: what the catalog calls the warehouse: a name, an account, an ARN."),
    prefix: text()
      .optional()
      .describe("rest: stands between /v1/ and the rest of a path; by default what the catalog says."),
    auth: z
      .enum(["none", "bearer", "oauth2", "sigv4"])
      .optional()
      .describe(
        "rest: how the catalog is told who asks. bearer takes the token of DUOLAKE_CATALOG_TOKEN, oauth2 the credential of " +
          "DUOLAKE_CATALOG_CREDENTIAL, sigv4 the keys of the AWS chain; none when not given.",
      ),
    oauth2: mapping({
      token_uri: url().optional().describe("Who gives tokens; by default the catalog, at /v1/oauth/tokens."),
      scope: text().optional().describe("What the token is asked for; catalog when not given."),
      client_id: text().optional().describe("The client's id; without it the credential is id:secret."),
    })
      .optional()
      .describe("rest: for auth oauth2."),
    sigv4: mapping({
      service: text().describe("The service's name in the signature: glue or s3tables."),
      region: z
        .string()
        .regex(REGION, { error: "must be the name of an AWS region, as eu-central-1" })
        .describe("The region of the endpoint."),
    })
      .optional()
      .describe("rest: for auth sigv4."),
  };
}

/** What is wrong with keys that fit one by one; undefined where nothing is. */
export function restCatalogProblem(
  keys: RestCatalogKeys,
): { readonly key: string; readonly message: string } | undefined {
  const { auth = "none", uri, oauth2, sigv4 } = keys;
  if (uri === undefined) return { key: "uri", message: "is needed for type rest" };
  if (auth === "sigv4" && sigv4 === undefined) {
    return { key: "sigv4", message: "is needed for auth sigv4: service and region" };
  }
  if (auth !== "oauth2" && oauth2 !== undefined) return { key: "oauth2", message: "is only for auth oauth2" };
  if (auth !== "sigv4" && sigv4 !== undefined) return { key: "sigv4", message: "is only for auth sigv4" };
  return undefined;
}

function text(): z.ZodString {
  return z.string().min(1, { error: "must not be empty" });
}

/** Never with a user or a password in it: files are read by many. */
function url(): z.ZodString {
  return z.string().regex(/^https?:\/\/[^\s/@?#]+(\/[^\s@?#]*)?$/, {
    error: "must be a URL with http:// or https://, and no user, query or fragment in it",
  });
}
