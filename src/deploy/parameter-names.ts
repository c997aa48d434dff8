import { PARAMETER_RETRIES } from "../secrets/parameter-store.ts";
import { type AwsAccess, clientOpener } from "./open-client.ts";
import type { SecretNames } from "./secret-names.ts";

const PAGE_COUNT_MAX = 1_000;

/** The names in the Parameter Store, `/duolake/main/duo`. The SDK's package is loaded with the first request. */
export function parameterNames(access: AwsAccess): SecretNames {
  const open = clientOpener("@aws-sdk/client-ssm", {
    access,
    load: () => import("@aws-sdk/client-ssm"),
    create: (api, settings) => new api.SSMClient({ ...settings, ...PARAMETER_RETRIES }),
  });
  return {
    list: async (label) => {
      const { api, client } = await open();
      const ParameterFilters = [{ Key: "Name", Option: "BeginsWith", Values: [`/duolake/${label}/`] }];
      const names: string[] = [];
      let NextToken: string | undefined;
      for (let page = 0; page < PAGE_COUNT_MAX; page += 1) {
        const command = new api.DescribeParametersCommand({ ParameterFilters, MaxResults: 50, NextToken });
        const answer = await client.send(command);
        names.push(...(answer.Parameters ?? []).flatMap(({ Name }) => Name ?? []));
        NextToken = answer.NextToken || undefined;
        if (NextToken === undefined) break;
      }
      return names.sort();
    },
    remove: async (Name) => {
      const { api, client } = await open();
      try {
        await client.send(new api.DeleteParameterCommand({ Name }));
      } catch (error) {
        // It is gone, which is what was wanted.
        if (!(error instanceof api.ParameterNotFound)) throw error;
      }
    },
    recoveryDayCount: 0,
  };
}
