import { expect, test } from "vitest";
import { connect } from "../../src/query/connect.ts";
import { shapeOf } from "../../src/query/table-shape.ts";

test("a question that is stopped while it asks for a shape does not end another", async () => {
  const [stopped, other] = await Promise.all([connect(2 ** 27), connect(2 ** 27)]);
  const select = "SELECT {'b': 1, 'a': 'x'} AS s, DATE '2026-01-01' AS d";
  stopped.closeSync();
  const [failed, shape] = await Promise.allSettled([shapeOf(stopped, select), shapeOf(other, select)]);
  expect(failed.status).toBe("rejected");
  const expected = [
    ["s", "STRUCT(b INTEGER, a VARCHAR)"],
    ["d", "DATE"],
  ];
  expect(shape).toEqual({ status: "fulfilled", value: JSON.stringify(expected) });
  other.closeSync();
  // What is known needs no connection.
  expect(JSON.parse(await shapeOf(stopped, select))).toEqual(expected);
});
