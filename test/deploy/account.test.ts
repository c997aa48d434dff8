import { describe, expect, test } from "vitest";
import { accountLimits } from "../../src/deploy/account-limits.ts";
import { glueDataCatalog } from "../../src/deploy/data-catalog.ts";
import { parameterNames } from "../../src/deploy/parameter-names.ts";
import { secretNames } from "../../src/deploy/secret-names.ts";
import { type AwsAnswer, startAws } from "./support/aws-server.ts";

const json = (value: object, status = 200): AwsAnswer => ({
  status,
  body: JSON.stringify(value),
  headers: { "content-type": "application/x-amz-json-1.1" },
});

describe("accountLimits", () => {
  test("asks Lambda and Lake Formation, signed", async () => {
    await using aws = await startAws(({ url }) =>
      url === "/GetDataLakeSettings"
        ? json({ DataLakeSettings: { CreateTableDefaultPermissions: [] } })
        : json({ AccountLimit: { ConcurrentExecutions: 10 } }),
    );
    const limits = accountLimits(aws.access, "eu-central-1");
    expect(await limits.lambdaConcurrency()).toBe(10);
    expect(await limits.isLakeFormationOnly()).toBe(true);
    expect(aws.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /2016-08-19/account-settings/",
      "POST /GetDataLakeSettings",
    ]);
    for (const { headers } of aws.requests) {
      expect(headers["authorization"]).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/\d{8}\/eu-central-1\/(lambda|lakeformation)\/aws4_request/,
      );
    }
  });

  test("are not known where the permission is missing or the answer makes no sense", async () => {
    const answers = [json({}, 403), { body: "<html>" }, json({})];
    await using aws = await startAws(() => answers.shift() ?? {});
    const limits = accountLimits(aws.access, "eu-central-1");
    expect(await limits.lambdaConcurrency()).toBeUndefined();
    expect(await limits.isLakeFormationOnly()).toBeUndefined();
    expect(await limits.lambdaConcurrency()).toBeUndefined();
  });
});

describe("glueDataCatalog", () => {
  test("reads a database, who governs its tables, and says where there is none", async () => {
    let grants: object[] | undefined = [];
    await using aws = await startAws(({ operation, body }) => {
      if (body.includes("absent")) return json({ __type: "EntityNotFoundException", message: "no" }, 400);
      if (operation === "GetTables") return json({ TableList: [{ Name: "duo_auth" }] });
      return json({ Database: { Name: "matano", CreateTableDefaultPermissions: grants } });
    });
    const catalog = glueDataCatalog(aws.access);
    expect(await catalog.database("matano")).toEqual({ tables: ["duo_auth"], isLakeFormationOnly: true });
    grants = [{ Permissions: ["ALL"] }];
    expect(await catalog.database("matano")).toMatchObject({ isLakeFormationOnly: false });
    expect(await catalog.database("absent")).toBeUndefined();
    await catalog.removeDatabase("absent");
  });
});

describe("parameterNames", () => {
  test("lists every page of just this label, and removes for good; what is gone already is no failure", async () => {
    let isGone = false;
    await using aws = await startAws(({ operation, body }) => {
      if (operation === "DeleteParameter")
        return isGone ? json({ __type: "ParameterNotFound", message: "no" }, 400) : json({});
      return body.includes("NextToken")
        ? json({ Parameters: [{ Name: "/duolake/main/a" }] })
        : json({ Parameters: [{ Name: "/duolake/main/b" }], NextToken: "2" });
    });
    const names = parameterNames(aws.access);
    expect(await names.list("main")).toEqual(["/duolake/main/a", "/duolake/main/b"]);
    expect(JSON.parse(aws.requests[0]?.body ?? "")).toMatchObject({
      ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: ["/duolake/main/"] }],
    });
    await names.remove("/duolake/main/a");
    expect(JSON.parse(aws.requests.at(-1)?.body ?? "")).toEqual({ Name: "/duolake/main/a" });
    isGone = true;
    await names.remove("/duolake/main/a");
    expect(names.recoveryDayCount).toBe(0);
  });
});

describe("secretNames", () => {
  test("lists every page of just this label, and marks for deletion with time to restore", async () => {
    await using aws = await startAws(({ operation, body }) => {
      if (operation === "DeleteSecret") return json({});
      return body.includes("NextToken")
        ? json({ SecretList: [{ Name: "duolake/main/a" }] })
        : json({ SecretList: [{ Name: "duolake/main/b" }, { Name: "duolake/Main/c" }], NextToken: "2" });
    });
    const names = secretNames(aws.access);
    expect(await names.list("main")).toEqual(["duolake/main/a", "duolake/main/b"]);
    await names.remove("duolake/main/a");
    expect(JSON.parse(aws.requests.at(-1)?.body ?? "")).toEqual({
      SecretId: "duolake/main/a",
      RecoveryWindowInDays: 30,
    });
  });
});
