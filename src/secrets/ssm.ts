import { documentSecretStore } from "./document-store.ts";
import type { SecretDocuments } from "./secret-documents.ts";
import type { SecretStore } from "./store.ts";

/**
 * Secrets in the Parameter Store of AWS Systems Manager: SecureStrings `/duolake/<label>/<log source>`. A standard parameter costs
 * nothing, which counts where there are thousands.
 *
 * @param label tells deployments of one account apart
 */
export function ssmSecretStore(documents: SecretDocuments, label: string): SecretStore {
  return documentSecretStore({
    documents,
    prefix: `/duolake/${label}/`,
    title: "the Parameter Store of AWS Systems Manager",
    actions: { read: "ssm:GetParameter", create: "ssm:PutParameter", write: "ssm:PutParameter" },
  });
}
