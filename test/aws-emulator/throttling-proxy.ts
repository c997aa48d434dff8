import { createServer, request } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** An AWS that has too much to do now and then. */
export interface ThrottlingProxy extends AsyncDisposable {
  readonly url: string;
  /** How many requests it turned away, before they arrived and after they had done their work. */
  readonly counts: { refused: number; unanswered: number };
}

/** Every so many requests are turned away with S3's and Glue's words for it, and so many lose their answer after they were done. */
const REFUSED_EVERY = 7;
const UNANSWERED_EVERY = 17;

/** Stands before the emulator. */
export async function startThrottlingProxy(target: string): Promise<ThrottlingProxy> {
  const { hostname, port } = new URL(target);
  const counts = { refused: 0, unanswered: 0 };
  let requestCount = 0;
  const server = createServer((asked, answer) => {
    requestCount += 1;
    if (requestCount % REFUSED_EVERY === 0) {
      counts.refused += 1;
      asked.resume();
      const isJson = asked.headers["x-amz-target"] !== undefined;
      const body = isJson
        ? '{"__type":"ThrottlingException","message":"Rate exceeded"}'
        : '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';
      answer.writeHead(isJson ? 400 : 503, {
        "content-type": isJson ? "application/x-amz-json-1.1" : "application/xml",
      });
      answer.end(body);
      return;
    }
    const isLost = requestCount % UNANSWERED_EVERY === 0;
    const passed = request(
      { hostname, port, method: asked.method, path: asked.url, headers: asked.headers },
      (found) => {
        if (!isLost) {
          answer.writeHead(found.statusCode ?? 500, found.headers);
          found.pipe(answer);
          return;
        }
        counts.unanswered += 1;
        found.resume().on("end", () => asked.socket.destroy());
      },
    );
    passed.on("error", () => asked.socket.destroy());
    asked.pipe(passed);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
