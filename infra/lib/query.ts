import { Aws, Fn } from "aws-cdk-lib";
import { CfnNamedQuery, CfnWorkGroup } from "aws-cdk-lib/aws-athena";
import { Construct } from "constructs";
import type { LakeStorage } from "./lake-storage.ts";
import { NAMED_QUERIES } from "./named-queries.ts";

/** One query may read a tebibyte: a slip costs a few dollars. */
const SCANNED_BYTES_MAX = 2 ** 40;

/** The workgroup in which Athena reads the tables, and its first questions. Results lie beside the lake for a week. */
export function query(parent: Construct, lake: LakeStorage): CfnWorkGroup {
  const scope = new Construct(parent, "Query");
  const workgroup = new CfnWorkGroup(scope, "Workgroup", {
    name: Fn.sub("duolake-${Label}"),
    description: "Logs of Cisco Duo",
    state: "ENABLED",
    // The history of queries goes with it.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: false,
      bytesScannedCutoffPerQuery: SCANNED_BYTES_MAX,
      engineVersion: { selectedEngineVersion: "Athena engine version 3" },
      resultConfiguration: {
        outputLocation: Fn.join("", ["s3://", lake.bucket.ref, "/athena/"]),
        expectedBucketOwner: Aws.ACCOUNT_ID,
        encryptionConfiguration: { encryptionOption: "SSE_S3" },
      },
    },
  });
  for (const { id, name, description, sql } of NAMED_QUERIES) {
    const made = new CfnNamedQuery(scope, id, {
      name: Fn.sub(`duolake-\${Label}: ${name}`),
      description,
      database: lake.databaseName,
      workGroup: workgroup.ref,
      queryString: sql,
    });
    // A reference by name orders nothing where the name is known beforehand.
    made.addResourceDependency(workgroup);
  }
  return workgroup;
}
