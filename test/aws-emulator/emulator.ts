import type { Stage } from "./stage.ts";

/** Asks the emulator with a JSON protocol; it checks no signature. @throws Error with its answer where it refuses */
export async function ask({ aws }: Stage, target: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(aws.url, {
    method: "POST",
    headers: {
      "content-type": target.startsWith("AWSEvents")
        ? "application/x-amz-json-1.1"
        : "application/x-amz-json-1.0",
      "x-amz-target": target,
      authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/events/aws4_request",
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Cannot ask for ${target}, got status ${answer.status}: ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}

const LAKE_BUCKET = "duodata-main-000000000000-us-east-1";

/** Reads an object of the lake's bucket; undefined where it is not there. */
export async function readObject({ aws }: Stage, key: string): Promise<string | undefined> {
  const answer = await fetch(`${aws.url}/${LAKE_BUCKET}/${key}`);
  return answer.ok ? answer.text() : undefined;
}

export async function removeObject({ aws }: Stage, key: string): Promise<void> {
  await fetch(`${aws.url}/${LAKE_BUCKET}/${key}`, { method: "DELETE" });
}
