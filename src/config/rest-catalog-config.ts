import type { RestCatalogConfig } from "./config.ts";
import type { RestCatalogKeys } from "./definitions/rest-catalog-keys.ts";

/** `lake.catalog` of type rest, from the words of the file to those of the program. */
export function restCatalogConfig(keys: RestCatalogKeys): RestCatalogConfig {
  const { uri = "", warehouse, prefix, auth = "none", oauth2, sigv4 } = keys;
  const { token_uri: tokenUri, scope, client_id: clientId } = oauth2 ?? {};
  return {
    type: "rest",
    uri: uri.replace(/\/+$/, ""),
    auth,
    ...(warehouse !== undefined && { warehouse }),
    ...(prefix !== undefined && { prefix }),
    ...(oauth2 !== undefined && {
      oauth2: {
        ...(tokenUri !== undefined && { tokenUri }),
        ...(scope !== undefined && { scope }),
        ...(clientId !== undefined && { clientId }),
      },
    }),
    ...(sigv4 !== undefined && { sigv4 }),
  };
}
