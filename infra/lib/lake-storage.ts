import { Aws, CfnDeletionPolicy, type CfnResource, Fn } from "aws-cdk-lib";
import { CfnDatabase } from "aws-cdk-lib/aws-glue";
import { CfnBucket, CfnBucketPolicy } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { onlyTls, policyDocument } from "./statements.ts";

/** How long what was deleted or overwritten can be brought back. */
const UNDO_DAYS = 14;
const RESULTS_DAYS = 7;
const UPLOAD_DAYS = 7;

/** Where the tables are. */
export interface LakeStorage {
  readonly bucket: CfnBucket;
  readonly databaseName: string;
  /** `s3://<bucket>/lake` */
  readonly warehouse: string;
}

/**
 * The bucket of the tables and the Glue database; both outlive the stack.
 *
 * Their names are given and not generated: after `destroy` the next deployment finds them again.
 */
export function lakeStorage(parent: Construct): LakeStorage {
  const scope = new Construct(parent, "LakeStorage");
  const bucket = new CfnBucket(scope, "LakeBucket", {
    // Of the same length as the code's bucket: no label is too long for this one only.
    bucketName: Fn.sub("duodata-${Label}-${AWS::AccountId}-${AWS::Region}"),
    versioningConfiguration: { status: "Enabled" },
    bucketEncryption: {
      serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    },
    ownershipControls: { rules: [{ objectOwnership: "BucketOwnerEnforced" }] },
    publicAccessBlockConfiguration: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    // None of them may touch current objects below lake/: old files are in use.
    lifecycleConfiguration: {
      rules: [
        {
          id: "undo",
          status: "Enabled",
          noncurrentVersionExpiration: { noncurrentDays: UNDO_DAYS },
          expiredObjectDeleteMarker: true,
        },
        {
          id: "uploads",
          status: "Enabled",
          abortIncompleteMultipartUpload: { daysAfterInitiation: UPLOAD_DAYS },
        },
        { id: "results", status: "Enabled", prefix: "athena/", expirationInDays: RESULTS_DAYS },
      ],
    },
  });
  keep(bucket);
  new CfnBucketPolicy(scope, "LakeBucketPolicy", {
    bucket: bucket.ref,
    policyDocument: policyDocument([onlyTls("s3", [bucket.attrArn, `${bucket.attrArn}/*`])]),
  });
  const database = new CfnDatabase(scope, "LakeDatabase", {
    catalogId: Aws.ACCOUNT_ID,
    databaseName: Fn.ref("Database"),
    databaseInput: {
      name: Fn.ref("Database"),
      description: "Logs of Cisco Duo",
      // Tables stay with IAM where Lake Formation governs new databases.
      createTableDefaultPermissions: [
        { permissions: ["ALL"], principal: { dataLakePrincipalIdentifier: "IAM_ALLOWED_PRINCIPALS" } },
      ],
    },
  });
  database.addOverride("Condition", "MakesDatabase");
  keep(database);
  return { bucket, databaseName: Fn.ref("Database"), warehouse: Fn.join("", ["s3://", bucket.ref, "/lake"]) };
}

/** A first deployment that fails takes them away again, or the next one would find the names taken. */
function keep(resource: CfnResource): void {
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}
