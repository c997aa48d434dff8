import { DuolakeError } from "../core/errors.ts";
import type { DeployRequest } from "./deploy-request.ts";
import type { Caller } from "./identity.ts";
import { asked } from "./asked.ts";
import type { Preflight } from "./preflight.ts";
import type { Services } from "./services.ts";
import { LABEL_TAG, stackName } from "./stack-state.ts";

/** The bucket that holds code and configuration; the deployment makes it, not the stack. */
export function codeBucketName(label: string, { account, region }: Caller): string {
  return `duolake-${label}-${account}-${region}`;
}

/** The bucket of the tables, as the template names it. */
export function lakeBucketName(label: string, { account, region }: Caller): string {
  return `duodata-${label}-${account}-${region}`;
}

const BUCKET_NAME_LENGTH_MAX = 63;

/**
 * Refuses a label with which the names of the buckets would be too long: they hold account and region, too.
 *
 * @throws usage_invalid, saying how long it may be
 */
export function checkLabelLength(label: string, caller: Caller): void {
  const excess = codeBucketName(label, caller).length - BUCKET_NAME_LENGTH_MAX;
  if (excess <= 0) return;
  throw new DuolakeError(
    "usage_invalid",
    `Cannot deploy with the label ${label}: the names of the buckets would be too long in ${caller.region}; it may have ${label.length - excess} characters, got ${label.length}`,
  );
}

/** Where code and configuration lie in the bucket: under their hashes, so that the same ones are no change. */
export function codeKeys({ code, document }: Pick<DeployRequest, "code" | "document">): {
  readonly code: string;
  readonly config: string;
} {
  return { code: `lambda/${code.sha256}.zip`, config: `config/${document.sha256}.json` };
}

/**
 * Uploads a template that is too large to be sent along.
 *
 * @returns its address
 * @throws deploy_refused in a dry run where the bucket is still to be made
 */
export async function uploadTemplate(
  services: Services,
  { label, template, isDryRun }: DeployRequest,
  { caller }: Preflight,
): Promise<string> {
  const bucket = codeBucketName(label, caller);
  const key = `template/${template.sha256}.json`;
  if (isDryRun && !(await asked(`read ${bucket}`, () => services.buckets.exists(bucket, caller.account)))) {
    throw new DuolakeError(
      "deploy_refused",
      `Cannot plan the stack ${stackName(label)}: its template is too large to be sent without the bucket ${bucket}, which the first deployment makes`,
    );
  }
  if (!isDryRun) await ensureBucket(services, { bucket, label, caller });
  await putOnce(services, { bucket, key, bytes: new TextEncoder().encode(template.body) });
  const domain = caller.region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://${bucket}.s3.${caller.region}.${domain}/${key}`;
}

function ensureBucket(
  services: Services,
  { bucket, label, caller }: { readonly bucket: string; readonly label: string; readonly caller: Caller },
): Promise<void> {
  return asked(`make the bucket ${bucket}`, async () => {
    await services.buckets.exists(bucket, caller.account);
    await services.buckets.ensure(bucket, { region: caller.region, tags: { [LABEL_TAG]: label } });
  });
}

async function putOnce(
  services: Services,
  { bucket, key, bytes }: { readonly bucket: string; readonly key: string; readonly bytes: Uint8Array },
): Promise<boolean> {
  return asked(`upload s3://${bucket}/${key}`, async () => {
    // The key is the hash: what is there is the same.
    if (await services.buckets.has(bucket, key)) return false;
    await services.buckets.put(bucket, key, bytes);
    return true;
  });
}

/** Uploads code and configuration under their hashes where they are not there yet; makes the bucket first. */
export async function uploadDeployment(
  services: Services,
  request: DeployRequest,
  { caller, step }: { readonly caller: Caller; readonly step: (text: string) => void },
): Promise<void> {
  const { label, code, document } = request;
  const bucket = codeBucketName(label, caller);
  const keys = codeKeys(request);
  await ensureBucket(services, { bucket, label, caller });
  if (await putOnce(services, { bucket, key: keys.code, bytes: code.bytes })) {
    step(`uploaded the code of the functions, ${Math.ceil(code.bytes.length / 1024)} KiB`);
  }
  if (await putOnce(services, { bucket, key: keys.config, bytes: document.bytes })) {
    step("uploaded the configuration");
  }
}
