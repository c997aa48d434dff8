import { type AwsAccess, clientOpener } from "./open-client.ts";

/** One line of a function's log. */
export interface LogEvent {
  readonly id: string;
  readonly atMs: number;
  readonly text: string;
}

/** A page of a log group's lines, oldest first; `missing` where there is no such group. */
export type LogPage = { readonly events: readonly LogEvent[]; readonly next?: string } | "missing";

/** Reads a page of a log group's lines. Failures are those of the SDK. */
export type FunctionLogs = (
  group: string,
  from: { readonly sinceMs: number; readonly next?: string },
) => Promise<LogPage>;

/** The log groups of Amazon CloudWatch. The SDK's package is loaded with the first request. */
export function cloudWatchLogs(access: AwsAccess): FunctionLogs {
  const open = clientOpener("@aws-sdk/client-cloudwatch-logs", {
    access,
    load: () => import("@aws-sdk/client-cloudwatch-logs"),
    create: (api, settings) => new api.CloudWatchLogsClient(settings),
  });
  return async (logGroupName, { sinceMs, next: nextToken }) => {
    const { api, client } = await open();
    try {
      const answer = await client.send(
        new api.FilterLogEventsCommand({ logGroupName, startTime: sinceMs, nextToken }),
      );
      const events = (answer.events ?? []).map(({ eventId = "", timestamp = 0, message = "" }) => ({
        id: eventId,
        atMs: timestamp,
        text: message.trimEnd(),
      }));
      return { events, ...(answer.nextToken !== undefined && { next: answer.nextToken }) };
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return "missing";
      throw error;
    }
  };
}
