import { describe, expect, test } from "vitest";
import { s3Buckets } from "../../src/deploy/buckets.ts";
import { startAws, xmlError } from "./support/aws-server.ts";

const BUCKET = "duolake-main-123456789012-eu-central-1";

describe("s3Buckets", () => {
  test("ensure closes, encrypts, versions and tags the bucket, and refuses plain http", async () => {
    await using aws = await startAws(() => ({}));
    await s3Buckets(aws.access).ensure(BUCKET, { region: "eu-central-1", tags: { "duolake:label": "main" } });
    const [make, ...settings] = aws.requests;
    expect(make).toMatchObject({ method: "PUT", body: expect.stringContaining("eu-central-1") as string });
    expect(settings.map(({ url }) => /\?(\w+)/.exec(url)?.[1])).toEqual([
      "publicAccessBlock",
      "encryption",
      "versioning",
      "tagging",
      "policy",
    ]);
    const policy = JSON.parse(settings.at(-1)?.body ?? "") as {
      Statement: { Effect: string; Resource: string[] }[];
    };
    expect(policy.Statement).toMatchObject([
      {
        Effect: "Deny",
        Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  test("ensure names no place in S3's oldest region", async () => {
    await using aws = await startAws(() => ({}));
    const access = { ...aws.access, region: "us-east-1" };
    await s3Buckets(access).ensure(BUCKET, { region: "us-east-1", tags: {} });
    expect(aws.requests[0]?.body).toBe("");
  });

  test("ensure goes on with the bucket that is ours, and refuses one that is another's", async () => {
    let code = "BucketAlreadyOwnedByYou";
    await using aws = await startAws(({ url }) => (url.includes("?") ? {} : s3Error(code, 409)));
    const buckets = s3Buckets(aws.access);
    await buckets.ensure(BUCKET, { region: "eu-central-1", tags: {} });
    expect(aws.requests).toHaveLength(6);
    code = "BucketAlreadyExists";
    await expect(buckets.ensure(BUCKET, { region: "eu-central-1", tags: {} })).rejects.toMatchObject({
      code: "deploy_refused",
      message: expect.stringContaining("choose another label") as string,
    });
    expect(aws.requests).toHaveLength(7);
  });

  test("exists: not there, ours, another's, elsewhere", async () => {
    let status = 404;
    await using aws = await startAws(() => ({ status }));
    const buckets = s3Buckets(aws.access);
    expect(await buckets.exists(BUCKET, "123456789012")).toBe(false);
    expect(aws.requests[0]?.headers["x-amz-expected-bucket-owner"]).toBe("123456789012");
    status = 200;
    expect(await buckets.exists(BUCKET, "123456789012")).toBe(true);
    status = 403;
    await expect(buckets.exists(BUCKET, "123456789012")).rejects.toThrow("another account has this name");
    status = 301;
    await expect(buckets.exists(BUCKET, "123456789012")).rejects.toThrow("in another region");
  });

  test("has: there or not; a refusal is neither", async () => {
    let status = 404;
    await using aws = await startAws(() => ({ status }));
    const buckets = s3Buckets(aws.access);
    expect(await buckets.has(BUCKET, "lambda/1.zip")).toBe(false);
    status = 200;
    expect(await buckets.has(BUCKET, "lambda/1.zip")).toBe(true);
    status = 403;
    await expect(buckets.has(BUCKET, "lambda/1.zip")).rejects.toMatchObject({
      code: "aws_forbidden",
      message: expect.stringContaining("s3:GetObject or s3:ListBucket is missing") as string,
    });
  });

  test("versions are objects and marks of deletion; what could not be removed is told", async () => {
    const list =
      "<ListVersionsResult><Version><Key>a</Key><VersionId>1</VersionId></Version><DeleteMarker><Key>b</Key><VersionId>2</VersionId></DeleteMarker></ListVersionsResult>";
    const left =
      "<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>";
    await using aws = await startAws(({ method }) => ({ body: method === "GET" ? list : left }));
    const buckets = s3Buckets(aws.access);
    const versions = await buckets.versions(BUCKET);
    expect(versions).toEqual([
      { key: "a", versionId: "1" },
      { key: "b", versionId: "2" },
    ]);
    await expect(buckets.removeVersions(BUCKET, versions)).rejects.toThrow(
      "1 object(s) stay, got AccessDenied: no",
    );
  });

  test("a bucket that is gone is empty and removed", async () => {
    await using aws = await startAws(() => s3Error("NoSuchBucket", 404));
    const buckets = s3Buckets(aws.access);
    expect(await buckets.versions(BUCKET)).toEqual([]);
    await buckets.remove(BUCKET);
    expect(aws.requests.map(({ method }) => method)).toEqual(["GET", "DELETE"]);
  });
});

function s3Error(code: string, status: number): { status: number; body: string } {
  const { body = "" } = xmlError(code, "x");
  return { status, body: body.replace(/.*<Error>/, "<Error>").replace("</ErrorResponse>", "") };
}
