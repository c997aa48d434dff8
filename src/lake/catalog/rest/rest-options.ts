import type { Http } from "../../../core/http.ts";

/** An Iceberg REST catalog, as the configuration names it. Nothing in it is secret. */
export interface RestChoice {
  readonly type: "rest";
  /** Where the server is, without the `/v1` of its paths. */
  readonly uri: string;
  /** What the server calls the warehouse: a name, the id of an account, an ARN. */
  readonly warehouse?: string;
  /** Stands between `/v1/` and the rest of a path; what the server says wins. */
  readonly prefix?: string;
  /** How the server is told who asks; default none. */
  readonly auth?: "none" | "bearer" | "oauth2" | "sigv4";
  readonly oauth2?: {
    /** Who gives tokens; default the catalog itself, at `/v1/oauth/tokens`. */
    readonly tokenUri?: string;
    /** Default `catalog`, as PyIceberg and Spark have it. */
    readonly scope?: string;
    /** Without it the credential is `id:secret`. */
    readonly clientId?: string;
  };
  readonly sigv4?: {
    /** The service's name in the signature: `glue`, `s3tables`. */
    readonly service: string;
    readonly region: string;
  };
}

/** What a program has to reach the server with. */
export interface RestReach {
  /** Holds the secrets, `DUOLAKE_CATALOG_TOKEN` and `DUOLAKE_CATALOG_CREDENTIAL`; default that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default a transport of its own. */
  readonly http?: Http;
}

/** The variable with the token of `auth: bearer`. */
export const TOKEN_VARIABLE = "DUOLAKE_CATALOG_TOKEN";
/** The variable with the credential of `auth: oauth2`. */
export const CREDENTIAL_VARIABLE = "DUOLAKE_CATALOG_CREDENTIAL";
