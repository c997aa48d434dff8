import type { Config } from "../config/config.ts";
import { closestName } from "../config/closest-name.ts";
import { DuolakeError } from "../core/errors.ts";
import { deployedStore, storeParameter } from "./deployed-store.ts";
import { maintainMinutes } from "./maintain-minutes.ts";

/** What an operator may set; a value stays until another one is given. */
export const SETTING_NAMES = ["AlarmEmail", "LogRetentionDays", "MaxConcurrency", "MemoryMiB"] as const;
export type Settings = Readonly<Partial<Record<(typeof SETTING_NAMES)[number], string>>>;

/** What the parameters are made of. */
export interface ParameterFacts {
  readonly config: Pick<Config, "lake" | "pull" | "logSources" | "secrets">;
  readonly label: string;
  readonly codeBucket: string;
  readonly codeKey: string;
  readonly configKey: string;
  readonly createDatabase: boolean;
  readonly hasPopulatedSecret: boolean;
  /** For tests: where Duo is asked; empty for Duo itself. */
  readonly duoEndpointUrl: string;
  readonly settings: Settings;
  /** Of the stack there is. */
  readonly previous: Readonly<Record<string, string>>;
  /** The names that the template knows. */
  readonly declared: readonly string[];
}

/** With more log sources a function spreads the messages instead of one rule with a target for each. */
const RULE_TARGET_COUNT_MAX = 5;
const MINUTE_MS = 60_000;

/**
 * The template's parameters. The same directory, code and stack give the same ones: a second deployment finds no changes.
 *
 * What is neither computed nor set keeps the value that the stack has, else the template's own.
 */
export function stackParameters(facts: ParameterFacts): Readonly<Record<string, string>> {
  const { config, settings, previous, declared } = facts;
  const names = config.logSources.map(({ name }) => name);
  const isSpread = names.length > RULE_TARGET_COUNT_MAX;
  const sources = Array.from({ length: RULE_TARGET_COUNT_MAX }, (_, index) => [
    `Source${index + 1}`,
    isSpread ? "" : (names[index] ?? ""),
  ]);
  const tableCount = config.logSources.reduce((sum, { tables }) => sum + tables.length, 0);
  const computed: Readonly<Record<string, string>> = {
    Label: facts.label,
    CodeBucket: facts.codeBucket,
    CodeKey: facts.codeKey,
    ConfigKey: facts.configKey,
    Database: config.lake.database,
    CreateDatabase: String(facts.createDatabase),
    IntervalMinutes: String(intervalMinutes(config.pull.intervalMs)),
    MaintainMinutes: String(maintainMinutes(tableCount)),
    ...(Object.fromEntries(sources) as Record<string, string>),
    UseDispatcher: String(isSpread),
    HeartbeatEnabled: String(facts.hasPopulatedSecret),
    SecretStore: storeParameter(deployedStore(config)),
    DuoEndpointUrl: facts.duoEndpointUrl,
  };
  const parameters: Record<string, string> = {};
  for (const name of declared) {
    const value = computed[name] ?? (settings as Readonly<Record<string, string>>)[name] ?? previous[name];
    if (value !== undefined) parameters[name] = value;
  }
  return parameters;
}

/** Rules count in whole minutes, from one on. */
export function intervalMinutes(intervalMs: number): number {
  return Math.max(1, Math.round(intervalMs / MINUTE_MS));
}

/**
 * Reads settings as they are written on the command line: `MaxConcurrency=20`.
 *
 * @throws usage_invalid for what is none, with a suggestion
 */
export function readSettings(texts: readonly string[]): Settings {
  const settings: Record<string, string> = {};
  for (const text of texts) {
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if ((SETTING_NAMES as readonly string[]).includes(name)) settings[name] = value.trim();
    else {
      const meant = closestName(name, SETTING_NAMES);
      const hint = meant === undefined ? `there are ${SETTING_NAMES.join(", ")}` : `did you mean ${meant}?`;
      throw new DuolakeError(
        "usage_invalid",
        `Cannot use the setting: it must read NAME=VALUE, ${hint}, got ${JSON.stringify(text.slice(0, 80))}`,
      );
    }
  }
  return settings;
}
