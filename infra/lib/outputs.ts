import { CfnOutput, Fn, type Stack } from "aws-cdk-lib";

/** What `duolake info` shows. */
export interface OutputText {
  readonly description: string;
  readonly value: string;
  /** Condition under which there is such an output. */
  readonly condition?: string;
}

/** Declares the outputs by their names. */
export function declareOutputs(stack: Stack, outputs: Readonly<Record<string, OutputText>>): void {
  for (const [name, { condition, ...text }] of Object.entries(outputs)) {
    const output = new CfnOutput(stack, `${name}Output`, text);
    output.overrideLogicalId(name);
    if (condition !== undefined) output.condition = conditionOf(stack, condition);
  }
}

function conditionOf(stack: Stack, name: string): NonNullable<CfnOutput["condition"]> {
  return stack.node.findChild(name) as NonNullable<CfnOutput["condition"]>;
}

/** The value of a parameter. */
export function parameter(name: string): string {
  return Fn.ref(name);
}
