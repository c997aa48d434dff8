import type { ServerResponse } from "node:http";
import type { RestAnswer, RestFault } from "./rest-fault.ts";

/** Sends an answer, half of it where the fault is that, or breaks the connection where there is none. */
export function respond(
  response: ServerResponse,
  answer: RestAnswer | undefined,
  fault: RestFault | undefined,
): void {
  const { socket } = response;
  if (answer === undefined) {
    socket?.destroy();
    return;
  }
  const length = { "content-length": Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, { "content-type": "application/json", ...length, ...answer.headers });
  if (fault?.kind !== "half") response.end(answer.body);
  else response.write(answer.body.slice(0, answer.body.length / 2), () => socket?.destroy());
}
