import type { AwsAccess } from "./open-client.ts";
import { type ServiceRequest, signedRequest } from "./signed-request.ts";

/** What an account lets a deployment do; undefined is what could not be read, most often for want of a permission. */
export interface AccountLimits {
  /** How many runs of functions the account may have at once. */
  readonly lambdaConcurrency: () => Promise<number | undefined>;
  /** True where Lake Formation, and not IAM, governs new databases and tables. */
  readonly isLakeFormationOnly: () => Promise<boolean | undefined>;
}

type Question = Omit<ServiceRequest, "contentType">;

/**
 * Asks AWS Lambda and AWS Lake Formation, one request each, without their packages. Whatever goes wrong gives undefined: these
 * are hints, and a deployment does not need the permissions that they take.
 *
 * @param region of the deployment
 */
export function accountLimits(access: AwsAccess, region: string): AccountLimits {
  const ask = async (question: Question): Promise<unknown> => {
    try {
      return await signedJson(access, region, question);
    } catch {
      return undefined;
    }
  };
  return {
    lambdaConcurrency: async () => {
      const answer = await ask({ service: "lambda", method: "GET", path: "/2016-08-19/account-settings/" });
      const limit = (answer as LambdaSettings | undefined)?.AccountLimit?.ConcurrentExecutions;
      return typeof limit === "number" ? limit : undefined;
    },
    isLakeFormationOnly: async () => {
      const question = { method: "POST", path: "/GetDataLakeSettings", body: "{}" } as const;
      const answer = await ask({ service: "lakeformation", ...question });
      const settings = (answer as LakeSettings | undefined)?.DataLakeSettings;
      return settings === undefined ? undefined : (settings.CreateTableDefaultPermissions ?? []).length === 0;
    },
  };
}

interface LambdaSettings {
  readonly AccountLimit?: { readonly ConcurrentExecutions?: unknown };
}
interface LakeSettings {
  readonly DataLakeSettings?: { readonly CreateTableDefaultPermissions?: readonly unknown[] };
}

async function signedJson(access: AwsAccess, region: string, question: Question): Promise<unknown> {
  const contentType = "application/json";
  const { status, text } = await signedRequest(access, region, { ...question, contentType });
  return status === 200 ? (JSON.parse(text) as unknown) : undefined;
}
