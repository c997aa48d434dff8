import { type AwsAccess, clientOpener } from "./open-client.ts";

/** The secrets of a deployment by name, their values left alone. Failures are those of the SDK. */
export interface SecretNames {
  /** Full names: `duolake/main/duo`. */
  readonly list: (label: string) => Promise<readonly string[]>;
  /** Removes a secret, for good or so that it can be restored for a while. */
  readonly remove: (name: string) => Promise<void>;
  /** How many days a removed secret can be restored; 0 where it is gone at once. */
  readonly recoveryDayCount: number;
}

const PAGE_COUNT_MAX = 1_000;
/** How long AWS keeps a removed secret restorable: its longest. */
const RECOVERY_DAY_COUNT = 30;

/** The names in AWS Secrets Manager. The SDK's package is loaded with the first request. */
export function secretNames(access: AwsAccess): SecretNames {
  const open = clientOpener("@aws-sdk/client-secrets-manager", {
    access,
    load: () => import("@aws-sdk/client-secrets-manager"),
    create: (api, settings) => new api.SecretsManagerClient(settings),
  });
  return {
    list: async (label) => {
      const { api, client } = await open();
      const prefix = `duolake/${label}/`;
      const names: string[] = [];
      let next: string | undefined;
      for (let page = 0; page < PAGE_COUNT_MAX; page += 1) {
        const Filters = [{ Key: "name" as const, Values: [prefix] }];
        const answer = await client.send(new api.ListSecretsCommand({ Filters, NextToken: next }));
        // The filter takes words apart and ignores case: `main` finds `duolake/Main/…` too.
        names.push(
          ...(answer.SecretList ?? []).map(({ Name = "" }) => Name).filter((name) => name.startsWith(prefix)),
        );
        next = answer.NextToken || undefined;
        if (next === undefined) break;
      }
      return names.sort();
    },
    remove: async (SecretId) => {
      const { api, client } = await open();
      const RecoveryWindowInDays = RECOVERY_DAY_COUNT;
      await client.send(new api.DeleteSecretCommand({ SecretId, RecoveryWindowInDays }));
    },
    recoveryDayCount: RECOVERY_DAY_COUNT,
  };
}
