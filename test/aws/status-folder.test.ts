import { expect, test } from "vitest";
import { statusFolder } from "../../src/aws/status-folder.ts";

test.each(["s3://my-logs/lake", "s3://my-logs", "s3://my-logs/a/b"])(
  "status objects of %s are beside the lake",
  (warehouse) => {
    expect(statusFolder(warehouse)).toBe("s3://my-logs/status");
  },
);
