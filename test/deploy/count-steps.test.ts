import { expect, test } from "vitest";
import { countSteps } from "../../src/deploy/count-steps.ts";

function said(total: number): string[] {
  const texts: string[] = [];
  const count = countSteps((text) => void texts.push(text), { doing: "looking", total });
  for (let index = 0; index < total; index += 1) count();
  return texts;
}

test("a short piece of work is not talked about, a long one after each hundred, and its end by whoever did it", () => {
  expect(said(99)).toEqual([]);
  expect(said(100)).toEqual([]);
  expect(said(250)).toEqual(["looking: 100 of 250", "looking: 200 of 250"]);
});
