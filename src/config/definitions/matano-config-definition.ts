import { z } from "zod";

import { boundedDuration } from "./bounded-duration.ts";
import { catalogDefinition, type CatalogSection } from "./catalog-definition.ts";
import { durationValue } from "./duration-value.ts";
import { mapping, unused } from "./mapping.ts";
import { warehouseValue } from "./warehouse-value.ts";

/** `matano.config.yml` with its defaults; durations are milliseconds. */
export interface MatanoConfigFile {
  readonly lake: {
    readonly warehouse: string;
    readonly database: string;
    readonly catalog: CatalogSection;
  };
  readonly secrets: { readonly store: "local" | "aws" | "ssm"; readonly label: string };
  readonly pull: {
    readonly interval: number;
    readonly look_back: number;
    readonly backfill: number;
    readonly hold_after_429: number;
    /** Not given: the interval decides, see `failingAfterMs`. */
    readonly failing_after?: number | undefined;
  };
}

const lake = mapping({
  warehouse: warehouseValue(),
  database: z
    .string()
    .regex(/^[a-z0-9_]{1,128}$/, { error: "must be 1 to 128 lower-case letters, digits and _" })
    .prefault("matano")
    .describe(
      "The namespace of the tables in the catalog. matano when not given, so that old queries go on working.",
    ),
  catalog: catalogDefinition(),
})
  .prefault({})
  .describe("The Iceberg tables.");

const pull = mapping({
  interval: durationValue({
    description: "How often `run` pulls.",
    normal: "5m",
    min: "1s",
    minReason: "Duo allows about one request a minute to an endpoint, a shorter interval gains nothing",
    max: "1d",
  }),
  look_back: durationValue({
    description:
      "How far below the time up to which a table is complete each pull reads again, for events that Duo delivers late.",
    normal: "1h",
    min: "0s",
    max: "7d",
    maxReason: "every pull reads this much again",
  }),
  backfill: durationValue({
    description:
      "How much history `run` fetches behind its pulls, once for each table, newest first; 0s for none.",
    normal: "180d",
    min: "0s",
    max: "180d",
    maxReason: "Duo keeps its logs for 180 days",
  }),
  hold_after_429: durationValue({
    description:
      "How long an endpoint is left alone after Duo's answer 429, when Duo does not say; doubles up to 15m.",
    normal: "60s",
    min: "1s",
    minReason: "asking again at once prolongs Duo's refusal",
    max: "15m",
    maxReason: "the hold doubles up to 15m by itself",
  }),
  failing_after: boundedDuration({
    min: "1m",
    minReason: "a table is pulled once a minute at most",
    max: "7d",
  })
    .optional()
    .describe(
      "How long a table may go without a good pull before /healthz of `run` answers that it is failing. 1m to 7d; " +
        "when not given 15m, or three intervals where they are longer.",
    ),
})
  .prefault({})
  .describe("When and how much is read from Duo.");

/** What `matano.config.yml` may hold; Matano's own keys are accepted. */
export const matanoConfigDefinition: z.ZodType<MatanoConfigFile> = mapping({
  lake,
  secrets: mapping({
    store: z
      .enum(["local", "aws", "ssm"])
      .prefault("local")
      .describe(
        "local: a file for each log source under .duolake/secrets; aws: AWS Secrets Manager; ssm: the Parameter Store of AWS Systems Manager.",
      ),
    label: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, {
        error: "must be 1 to 31 lower-case letters, digits and -, and begin with a letter or digit",
      })
      .prefault("main")
      .describe(
        "Tells deployments of one AWS account apart: secrets are named duolake/<label>/<log source>. main when not given.",
      ),
  })
    .prefault({})
    .describe("Where the secret keys are kept."),
  pull,
  aws: unused("Matano's account, region and tags."),
  aws_account: unused("Matano's older spelling of aws.account."),
  aws_account_id: unused("Matano's oldest spelling of aws.account."),
  aws_region: unused("Matano's older spelling of aws.region."),
  aws_tags: unused("Matano's older spelling of aws.tags."),
  vpc: unused("The network that Matano deploys to."),
  project_label: unused("Matano's label of a deployment."),
  is_production: unused("Matano's switch for keeping data when a deployment is removed."),
  kafka: unused("A setting of Matano's first releases."),
  kafka_cluster_type: unused("A setting of Matano's first releases."),
}).describe("The settings of a Matano directory; the whole file is optional.");
