import { documentSecretStore } from "./document-store.ts";
import type { SecretDocuments } from "./secret-documents.ts";
import type { SecretStore } from "./store.ts";

/**
 * Secrets in AWS Secrets Manager: `duolake/<label>/<log source>` (design, "Secrets").
 *
 * `set` writes a new version; the old one stays for a while as AWSPREVIOUS. A secret is created with AWS's own key
 * (`aws/secretsmanager`).
 *
 * @param label tells deployments of one account apart
 */
export function awsSecretStore(documents: SecretDocuments, label: string): SecretStore {
  return documentSecretStore({
    documents,
    prefix: `duolake/${label}/`,
    title: "AWS Secrets Manager",
    actions: {
      read: "secretsmanager:GetSecretValue",
      create: "secretsmanager:CreateSecret",
      write: "secretsmanager:PutSecretValue",
    },
  });
}
