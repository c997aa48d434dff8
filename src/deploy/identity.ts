import { type AwsAccess, clientOpener } from "./open-client.ts";

/** Who asks, and where. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly arn: string;
}

/** Says who the credentials belong to. */
export interface Identity {
  readonly caller: () => Promise<Caller>;
}

/** The identity that AWS STS knows; it needs no permission. Failures are those of the SDK. */
export function stsIdentity(access: AwsAccess): Identity {
  const open = clientOpener("@aws-sdk/client-sts", {
    access,
    load: () => import("@aws-sdk/client-sts"),
    create: (api, settings) => new api.STSClient(settings),
  });
  return {
    caller: async () => {
      const { api, client } = await open();
      const region = await client.config.region();
      const { Account = "", Arn = "" } = await client.send(new api.GetCallerIdentityCommand({}));
      return { account: Account, region, arn: Arn };
    },
  };
}
