import { asked } from "./asked.ts";
import { stsIdentity } from "./identity.ts";
import type { AwsAccess } from "./open-client.ts";
import { signedRequest } from "./signed-request.ts";
import { stackName } from "./stack-state.ts";

/** The alarm for missing pulls, as the template names it. */
function alarmName(label: string): string {
  return `${stackName(label)}-heartbeat`;
}

/**
 * Turns the alarm for missing pulls on: there is a secret key from now on. One that is not there yet is turned on by the deployment
 * that makes it, and every later deployment says the same of it.
 *
 * @throws aws_forbidden and its like
 */
export function armHeartbeat(access: AwsAccess, label: string): Promise<void> {
  return asked(`turn on the alarm ${alarmName(label)}`, async () => {
    const region = access.region ?? (await stsIdentity(access).caller()).region;
    const { status, text } = await signedRequest(access, region, {
      service: "monitoring",
      method: "POST",
      path: "/",
      contentType: "application/x-www-form-urlencoded",
      body: new URLSearchParams({
        Action: "EnableAlarmActions",
        Version: "2010-08-01",
        "AlarmNames.member.1": alarmName(label),
      }).toString(),
    });
    if (status !== 200) throw refusal(status, text);
  });
}

/** The query protocol's refusals are XML. */
function refusal(status: number, text: string): Error {
  const read = (element: string): string | undefined =>
    new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1];
  const error = new Error(read("Message") ?? `status ${status}`);
  return Object.assign(error, { name: read("Code") ?? "Error" });
}
