// The public API: what the command line is made of, for programs that pull or query by themselves.
export { createApp, type App, type AppObserver, type AppOptions } from "./app.ts";
export type { AccountApp, SourceApp } from "./source-app.ts";
export { loadConfig } from "./config/load.ts";
export type { Config, LogSource, TableConfig } from "./config/config.ts";
export { type Clock, systemClock } from "./core/clock.ts";
export { DuolakeError, ERROR_CODES, type ErrorCode } from "./core/errors.ts";
export { LOG_TABLES } from "./duo/tables/index.ts";
export { ecsNames, ecsType } from "./ecs/fields.ts";
export type { Lake, LakeTable } from "./lake/lake.ts";
export { openLake } from "./lake/open-lake.ts";
export type { Moment } from "./lake/table-at.ts";
export type { TableResult } from "./pipeline/pull-result.ts";
export { pullAll } from "./pull-all.ts";
export { type Answer, openQuery, type QueryOptions } from "./query/open-query.ts";
