import { CfnResource, DefaultStackSynthesizer, Stack, type App } from "aws-cdk-lib";
import { acknowledgeFindings } from "./acknowledgements.ts";
import { alarms } from "./alarms.ts";
import { allowDeadLetters, dispatcher } from "./dispatcher.ts";
import { lakeStorage } from "./lake-storage.ts";
import { maintenance } from "./maintenance.ts";
import { declareOutputs, type OutputText, parameter } from "./outputs.ts";
import { declareParameters } from "./parameters.ts";
import { puller } from "./puller.ts";
import { query } from "./query.ts";

/** Puts the roles together. The template needs no bootstrap, no assets and nothing of CDK's where it is deployed. */
export function duolakeStack(app: App): Stack {
  const stack = new Stack(app, "duolake", {
    description: "duolake: the logs of Cisco Duo in Iceberg tables",
    analyticsReporting: false,
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
  });
  declareParameters(stack);
  declareOutputs(stack, addRoles(stack));
  for (const child of stack.node.findAll()) {
    // CDK would add a hash of where the construct stands, and a moved one would be another resource.
    if (CfnResource.isCfnResource(child)) child.overrideLogicalId(child.node.id);
  }
  acknowledgeFindings(stack);
  return stack;
}

function addRoles(stack: Stack): Readonly<Record<string, OutputText>> {
  const lake = lakeStorage(stack);
  const pulling = puller(stack, lake);
  const ticking = dispatcher(stack, { lake, puller: pulling });
  const maintaining = maintenance(stack, { lake, deadLetters: ticking.deadLetters });
  allowDeadLetters(stack, ticking.deadLetters, [ticking.tickRule, maintaining.rule]);
  const workgroup = query(stack, lake);
  const topic = alarms(stack, {
    queue: pulling.queue,
    pullDeadLetters: pulling.deadLetters,
    tickDeadLetters: ticking.deadLetters,
    pull: pulling.pull,
    maintain: maintaining.maintain,
  });
  return {
    AlarmTopicArn: { description: "Topic of the alarms", value: topic.ref },
    CodeBucketName: { description: "Bucket of code and configuration", value: parameter("CodeBucket") },
    ConfigKeyOut: { description: "Configuration that is deployed", value: parameter("ConfigKey") },
    DatabaseName: { description: "Glue database of the tables", value: lake.databaseName },
    DispatchFunctionName: {
      description: "Function that sends the messages",
      value: ticking.dispatch.ref,
      condition: "HasDispatcher",
    },
    LabelOut: { description: "Label of the deployment", value: parameter("Label") },
    LakeBucketName: { description: "Bucket of the tables", value: lake.bucket.ref },
    MaintainFunctionName: {
      description: "Function that maintains the tables",
      value: maintaining.maintain.ref,
    },
    PullDeadLettersUrl: { description: "Queue of pulls given up", value: pulling.deadLetters.ref },
    PullFunctionName: { description: "Function that pulls", value: pulling.pull.ref },
    PullQueueUrl: { description: "Queue of what is to be pulled", value: pulling.queue.ref },
    TickDeadLettersUrl: { description: "Queue of ticks given up", value: ticking.deadLetters.ref },
    Warehouse: { description: "Where the tables are", value: lake.warehouse },
    WorkgroupName: { description: "Athena workgroup", value: workgroup.ref },
  };
}
