import type { DeployRequest } from "./deploy-request.ts";
import { planStack, type StackPlan } from "./plan-stack.ts";
import type { Preflight } from "./preflight.ts";
import { createsDatabase, refuseOtherDatabase } from "./preflight-notes.ts";
import type { Services } from "./services.ts";
import { stackParameters } from "./stack-parameters.ts";
import { LABEL_TAG, stackName } from "./stack-state.ts";
import { TEMPLATE_BODY_BYTES_MAX } from "./template.ts";
import { codeBucketName, codeKeys, uploadTemplate } from "./upload-deployment.ts";

/** Lets CloudFormation compare what is to be deployed with what there is. The change set stays: `discardPlan` takes it away. */
export async function makePlan(
  services: Services,
  request: DeployRequest,
  {
    found,
    signal,
    made,
  }: {
    readonly found: Preflight;
    readonly signal: AbortSignal;
    readonly made: (plan: Omit<StackPlan, "changes">) => void;
  },
): Promise<StackPlan> {
  const { config, label, template } = request;
  refuseOtherDatabase(found, config.lake.database);
  const codeBucket = codeBucketName(label, found.caller);
  const keys = codeKeys(request);
  const isUpdate = found.state === "ready";
  const parameters = stackParameters({
    config,
    label,
    codeBucket,
    codeKey: keys.code,
    configKey: keys.config,
    createDatabase: createsDatabase(found, config.lake.database),
    hasPopulatedSecret: found.secrets.some(({ status }) => status === "populated"),
    duoEndpointUrl: request.duoEndpointUrl,
    settings: request.settings,
    previous: isUpdate ? (found.stack?.parameters ?? {}) : {},
    declared: template.parameters,
  });
  const isLarge = template.body.length > TEMPLATE_BODY_BYTES_MAX;
  const changeSet = {
    stackName: stackName(label),
    name: `duolake-${services.clock.nowMs()}`,
    kind: isUpdate ? ("UPDATE" as const) : ("CREATE" as const),
    template: isLarge ? { url: await uploadTemplate(services, request, found) } : { body: template.body },
    parameters,
    tags: { [LABEL_TAG]: label },
  };
  return planStack(services.stacks, changeSet, { clock: services.clock, signal, made });
}
