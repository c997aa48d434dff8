import { okReply } from "../reply.ts";
import type { Endpoint } from "./endpoint.ts";

/** The accounts below the main one. */
export const accountList: Endpoint = ({ accounts }) =>
  okReply(
    accounts.slice(1).map(({ accountId, apiHostname, name }) => ({
      account_id: accountId,
      api_hostname: apiHostname,
      name,
    })),
  );
