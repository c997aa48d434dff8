import { readFileSync } from "node:fs";

/** A resource as the template has it. */
export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- CloudFormation's properties have no types here.
  readonly Properties: any;
}

/** The template that is checked in. */
export interface Template {
  readonly Parameters: Readonly<Record<string, object>>;
  readonly Conditions: Readonly<Record<string, object>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, object>>;
}

/** The text of the template that is checked in. */
export function readTemplateText(): string {
  return readFileSync(new URL("../template.json", import.meta.url), "utf8");
}

/** Reads the template that is checked in. */
export function readTemplate(): Template {
  return JSON.parse(readTemplateText()) as Template;
}

/** Resources of a type, by logical id. */
export function resourcesOf(type: string): [string, Resource][] {
  return Object.entries(readTemplate().Resources).filter(([, resource]) => resource.Type === type);
}
