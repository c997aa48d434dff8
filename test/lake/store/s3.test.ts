import { randomBytes } from "node:crypto";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { systemCode } from "../../../src/core/errors.ts";
import { s3Requests } from "../../../src/lake/store/s3-client.ts";
import { s3Store } from "../../../src/lake/store/s3.ts";
import { UnknownOutcome } from "../../../src/lake/store/store.ts";
import type { S3Fault } from "../../support/s3-server.ts";
import { storeContract } from "../contract/store.ts";
import { instantClock } from "../support/memory-table.ts";
import { type TestS3, testS3 } from "../support/s3-lake.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

/** The fault for the first so many requests of an operation. */
function first(
  count: number,
  operation: string,
  fault: S3Fault,
): (request: { operation: string }) => S3Fault | undefined {
  let left = count;
  return (request) => {
    if (request.operation !== operation || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

const error = (status: number, code: string, when: "before" | "after"): S3Fault => ({
  kind: "error",
  status,
  code,
  when,
});

describe("s3Store", () => {
  let s3: TestS3;
  let opened = 0;
  beforeAll(async () => {
    // Small pages, so that every listing of the contract has to go on.
    s3 = await testS3({ pageKeyCountMax: 1 });
  });
  afterAll(() => s3[Symbol.asyncDispose]());

  storeContract(async () => {
    opened += 1;
    const localFile = async (content: string): Promise<string> => {
      const path = `${s3.folder}/local-${opened}`;
      await writeFile(path, content);
      return path;
    };
    return { store: s3.store, root: `s3://bucket/w${opened}`, localFile };
  });

  test("s3Store.list leaves out what stands for a folder, and reads the whole bucket without a prefix", async () => {
    await using own = await testS3({ buckets: ["b"] });
    own.server.buckets.set("b", "t/", "");
    own.server.buckets.set("b", "t/a&b", "1");
    own.server.buckets.set("b", "top", "1");
    expect(await own.store.list("s3://b/t")).toMatchObject([{ path: "s3://b/t/a&b", sizeBytes: 1 }]);
    expect((await own.store.list("s3://b", { deep: true })).map(({ path }) => path)).toEqual([
      "s3://b/t/a&b",
      "s3://b/top",
    ]);
    expect(await own.store.listFolders("s3://b")).toEqual(["t"]);
  });

  test("s3Store.list says when an object was written", async () => {
    const startMs = Date.now() - 1_000;
    await s3.store.writeNew("s3://bucket/when/a", bytes("1"));
    expect((await s3.store.list("s3://bucket/when"))[0]?.modifiedAtMs).toBeGreaterThan(startMs);
  });

  test("s3Store takes the names that Hadoop's engines use for the same place", async () => {
    await s3.store.writeNew("s3://bucket/same/a", bytes("1"));
    expect(text(await s3.store.read("s3a://bucket/same/a"))).toBe("1");
    expect(await s3.store.isSamePlace("s3a://bucket/same/", "s3://bucket/same")).toBe(true);
    expect(await s3.store.isSamePlace("s3://other/same", "s3://bucket/same")).toBe(false);
    expect(systemCode(await s3.store.read("/etc/passwd").catch((reason: unknown) => reason))).toBe("EINVAL");
  });

  test.each(["without", "with"])(
    "s3Store.adopt sends a large file in parts, every byte of it, %s checksums",
    async (sums) => {
      // As towards Amazon's S3, where the SDK computes them.
      if (sums === "with") vi.stubEnv("AWS_REQUEST_CHECKSUM_CALCULATION", "WHEN_SUPPORTED");
      onTestFinished(() => {
        vi.unstubAllEnvs();
      });
      await using own = await testS3();
      const content = randomBytes(33 * 1024 * 1024 + 5);
      const from = `${own.folder}/large`;
      await writeFile(from, content);
      own.server.setFault(first(1, "UploadPart", error(503, "SlowDown", "before")));
      await own.store.adopt([{ from, to: "s3://bucket/large" }]);
      expect(own.server.buckets.bytes("bucket", "large")?.equals(content)).toBe(true);
      expect(own.server.ledger.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
        "CreateMultipartUpload 200",
        "UploadPart 503",
        "UploadPart 200",
        "UploadPart 200",
        "UploadPart 200",
        "CompleteMultipartUpload 200",
      ]);
      await expect(stat(from)).rejects.toThrow("ENOENT");
    },
  );

  test("s3Store.adopt in parts copes with a lost answer at the end, and gives up what cannot be finished", async () => {
    await using own = await testS3();
    const from = `${own.folder}/large`;
    await writeFile(from, Buffer.alloc(17 * 1024 * 1024));
    own.server.setFault(first(1, "CompleteMultipartUpload", { kind: "hang up", when: "after" }));
    await own.store.adopt([{ from, to: "s3://bucket/large" }]);
    expect(own.server.buckets.keys("bucket")).toEqual(["large"]);

    await writeFile(from, Buffer.alloc(17 * 1024 * 1024));
    own.server.setFault(first(9, "UploadPart", error(403, "AccessDenied", "before")));
    const failure = await own.store
      .adopt([{ from, to: "s3://bucket/other" }])
      .catch((reason: unknown) => reason);
    expect(systemCode(failure)).toBe("EACCES");
    expect(own.server.buckets.uploadCount).toBe(0);
    expect((await stat(from)).size).toBe(17 * 1024 * 1024);
  });
});

describe("s3Store.putIfAbsent", () => {
  const answers: readonly { readonly name: string; readonly fault: S3Fault }[] = [
    { name: "500 before it was carried out", fault: error(500, "InternalError", "before") },
    { name: "500 after it was carried out", fault: error(500, "InternalError", "after") },
    { name: "503 SlowDown", fault: error(503, "SlowDown", "before") },
    { name: "409 ConditionalRequestConflict", fault: error(409, "ConditionalRequestConflict", "before") },
    { name: "a connection broken before it was carried out", fault: { kind: "hang up", when: "before" } },
    { name: "a connection broken after it was carried out", fault: { kind: "hang up", when: "after" } },
  ];

  test.each(answers)("knows its own write after $name", async ({ fault }) => {
    for (const count of [1, 3]) {
      await using s3 = await testS3({ fault: first(count, "PutObject", fault) });
      expect(await s3.store.putIfAbsent("s3://bucket/v1", bytes("mine"))).toBe(true);
      expect(text(await s3.store.read("s3://bucket/v1"))).toBe("mine");
    }
  });

  test.each(answers)(
    "knows another's write after $name, also where it has the same bytes",
    async ({ fault }) => {
      for (const content of ["another's", "mine"]) {
        await using s3 = await testS3();
        expect(await s3.store.putIfAbsent("s3://bucket/v1", bytes(content))).toBe(true);
        s3.server.setFault(first(2, "PutObject", fault));
        expect(await s3.store.putIfAbsent("s3://bucket/v1", bytes("mine"))).toBe(false);
        expect(text(await s3.store.read("s3://bucket/v1"))).toBe(content);
      }
    },
  );

  test("takes equal bytes for its own where the store keeps no metadata", async () => {
    await using s3 = await testS3();
    s3.server.setFault(({ operation }) => {
      // Another store carried it out and forgot the rest.
      if (operation === "PutObject" && s3.server.buckets.bytes("bucket", "v1") === undefined) {
        s3.server.buckets.set("bucket", "v1", "mine");
        return { kind: "hang up", when: "before" };
      }
      return undefined;
    });
    expect(await s3.store.putIfAbsent("s3://bucket/v1", bytes("mine"))).toBe(true);
  });

  test("is unknown where no answer ever comes and nobody can look", async () => {
    await using s3 = await testS3({ fault: () => ({ kind: "hang up", when: "before" }) });
    await expect(s3.store.putIfAbsent("s3://bucket/v1", bytes("mine"))).rejects.toBeInstanceOf(
      UnknownOutcome,
    );
  });

  test("is unknown where no answer ever comes and nothing is there, for it may be on its way", async () => {
    await using s3 = await testS3({ fault: first(99, "PutObject", { kind: "hang up", when: "before" }) });
    await expect(s3.store.putIfAbsent("s3://bucket/v1", bytes("mine"))).rejects.toBeInstanceOf(
      UnknownOutcome,
    );
  });

  test("finds its write where every answer was lost", async () => {
    await using s3 = await testS3({ fault: first(99, "PutObject", error(500, "InternalError", "after")) });
    expect(await s3.store.putIfAbsent("s3://bucket/v1", bytes("mine"))).toBe(true);
  });

  test("is unknown where the credentials end after a lost answer", async () => {
    let count = 0;
    await using s3 = await testS3({
      fault: () => {
        count += 1;
        return count === 1 ? { kind: "hang up", when: "after" } : error(403, "ExpiredToken", "before");
      },
    });
    await expect(s3.store.putIfAbsent("s3://bucket/v1", bytes("mine"))).rejects.toBeInstanceOf(
      UnknownOutcome,
    );
  });

  test("fails for certain where the store only ever said no", async () => {
    await using s3 = await testS3({
      fault: first(99, "PutObject", error(409, "ConditionalRequestConflict", "before")),
    });
    const failure = await s3.store
      .putIfAbsent("s3://bucket/v1", bytes("mine"))
      .catch((reason: unknown) => reason);
    expect(failure).not.toBeInstanceOf(UnknownOutcome);
    expect(systemCode(failure)).toBe("EIO");
    expect(s3.server.ledger.length).toBe(6);
  });

  test("fails for certain where no connection was ever made", async () => {
    const s3 = await testS3();
    await s3[Symbol.asyncDispose]();
    const failure = await s3.store
      .putIfAbsent("s3://bucket/v1", bytes("mine"))
      .catch((reason: unknown) => reason);
    expect(systemCode(failure)).toBe("ECONNREFUSED");
  });

  test("counts silence as an answer that was lost", async () => {
    let answerLate = (): void => {};
    const until = new Promise<void>((resolve) => {
      answerLate = resolve;
    });
    await using s3 = await testS3({
      silenceMsMax: 50,
      fault: first(1, "PutObject", { kind: "slow", until, when: "after" }),
    });
    expect(await s3.store.putIfAbsent("s3://bucket/v1", bytes("mine"))).toBe(true);
    answerLate();
    expect(s3.server.ledger.map(({ operation, status }) => `${operation} ${status}`)).toContain(
      "PutObject 412",
    );
  });
});

describe("s3Store failures", () => {
  const read = (s3: TestS3, path: string = "s3://bucket/a"): Promise<unknown> =>
    s3.store.read(path).catch((reason: unknown) => reason);

  test("a refusal is EACCES with S3's words and the permission's name", async () => {
    await using s3 = await testS3({ fault: () => error(403, "AccessDenied", "before") });
    const failure = await read(s3);
    expect(systemCode(failure)).toBe("EACCES");
    expect(String(failure)).toContain("s3:GetObject of s3://bucket/a: AccessDenied");
  });

  test("a bucket that is not there is named", async () => {
    await using s3 = await testS3();
    const failure = {
      code: "lake_unwritable",
      message: expect.stringContaining("there is no such bucket, got none"),
    };
    await expect(s3.store.list("s3://none/a")).rejects.toMatchObject(failure);
    await expect(s3.store.putIfAbsent("s3://none/a", bytes("1"))).rejects.toMatchObject(failure);
  });

  test("a wrong region is named, with the right one", async () => {
    await using s3 = await testS3();
    const store = s3Store({
      requests: s3Requests({ ...s3.server.client, region: "us-east-1" }),
      cache: { lease: () => Promise.reject(new Error("none")), keep: () => Promise.resolve() },
      clock: instantClock(),
    });
    await expect(store.read("s3://bucket/a")).rejects.toMatchObject({
      code: "lake_unwritable",
      message: expect.stringContaining("it is in another region, got eu-central-1; set AWS_REGION"),
    });
  });

  test("a package that is not there is said at once", async () => {
    let count = 0;
    const loadPackage = (): Promise<never> => {
      count += 1;
      return Promise.reject(new Error("no such module"));
    };
    const store = s3Store({
      requests: s3Requests({ loadPackage }),
      cache: { lease: () => Promise.reject(new Error("none")), keep: () => Promise.resolve() },
      clock: instantClock(),
    });
    await expect(store.read("s3://bucket/a")).rejects.toMatchObject({ code: "package_missing" });
    await expect(store.putIfAbsent("s3://bucket/a", bytes("1"))).rejects.toMatchObject({
      code: "package_missing",
    });
    expect(count).toBe(2);
  });

  test("what the store cannot do for the moment is asked again, and in the end EIO", async () => {
    await using s3 = await testS3({ fault: first(2, "GetObject", error(503, "SlowDown", "before")) });
    s3.server.buckets.set("bucket", "a", "one");
    expect(text(await s3.store.read("s3://bucket/a"))).toBe("one");
    s3.server.setFault(() => error(503, "SlowDown", "before"));
    expect(systemCode(await read(s3))).toBe("EIO");
  });

  test("an answer that breaks off in the middle is asked for again", async () => {
    await using s3 = await testS3({ fault: first(1, "GetObject", { kind: "half" }) });
    s3.server.buckets.set("bucket", "a", "x".repeat(100_000));
    expect((await s3.store.read("s3://bucket/a")).length).toBe(100_000);
  });
});

describe("s3Store.lease", () => {
  test("fetches each file once, also one whose download broke off, and keeps what it adopted itself", async () => {
    await using s3 = await testS3({ fault: first(1, "GetObject", { kind: "half" }) });
    s3.server.buckets.set("bucket", "a", "a".repeat(100_000));
    await mkdir(`${s3.folder}/up`);
    await writeFile(`${s3.folder}/up/b`, "own");
    await s3.store.adopt([{ from: `${s3.folder}/up/b`, to: "s3://bucket/b" }]);
    const paths = ["s3://bucket/a", "s3://bucket/b", "s3://bucket/a"];
    const lease = await s3.store.lease?.(paths);
    const contents = await Promise.all((lease?.paths ?? []).map((path) => readFile(path, "utf8")));
    expect(contents).toEqual(["a".repeat(100_000), "own", "a".repeat(100_000)]);
    const gets = s3.server.ledger.filter(({ operation }) => operation === "GetObject");
    expect(gets.map(({ key }) => key)).toEqual(["a", "a"]);
    await lease?.release();
    await expect(stat(lease?.paths[0] ?? "")).rejects.toThrow("ENOENT");
  });

  test("says ENOENT for a file that is not there, and leaves nothing in use", async () => {
    await using s3 = await testS3();
    const failure = await s3.store.lease?.(["s3://bucket/none"]).catch((reason: unknown) => reason);
    expect(systemCode(failure)).toBe("ENOENT");
  });
});
