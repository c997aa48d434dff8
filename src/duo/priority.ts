/**
 * What a request is for, the most urgent first: pulling new events, reading again what was pulled for late ones, and
 * reading what is older than the table.
 */
export const PRIORITIES = ["live", "reread", "backfill"] as const;

/** How urgent a request is; while several wait for one endpoint, the more urgent one goes first. */
export type Priority = (typeof PRIORITIES)[number];
