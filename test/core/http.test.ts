import { EventEmitter, once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createHttp, type HttpLimits, type HttpRequest, type HttpResponse } from "../../src/core/http.ts";
import { listening } from "./support/listening.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

type Send = (path: string, request?: Partial<HttpRequest>) => Promise<HttpResponse>;

/** A server and a transport that talks to it. */
async function connected(
  answer: RequestListener,
  limits?: Partial<HttpLimits>,
): Promise<AsyncDisposable & { send: Send; connectionCount: () => number; close: () => Promise<void> }> {
  const server = await listening(createServer(answer));
  const { http, close } = createHttp(limits);
  return {
    send: (path, request) =>
      http({ method: "GET", url: `http://127.0.0.1:${server.port}${path}`, headers: {}, ...request }),
    connectionCount: server.connectionCount,
    close,
    [Symbol.asyncDispose]: async () => {
      await close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("createHttp", () => {
  test("sends method, path, headers and body, and gives status, headers and body back", async () => {
    await using server = await connected((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method, url, headers } = request;
        response.writeHead(203, { "X-One": "1", "Set-Cookie": ["a=1", "b=2"] });
        response.end(
          JSON.stringify({ method, url, date: headers.date, body: Buffer.concat(chunks).toString() }),
        );
      });
    });
    const answer = await server.send("/a?b=%2C", { method: "POST", headers: { Date: "today" }, body: "{}" });
    expect(answer.status).toBe(203);
    expect(answer.headers).toMatchObject({ "x-one": "1", "set-cookie": "a=1,b=2" });
    expect(JSON.parse(answer.body)).toEqual({ method: "POST", url: "/a?b=%2C", date: "today", body: "{}" });
  });

  test("keeps connections for the next requests", async () => {
    await using server = await connected((_request, response) => response.end("ok"));
    for (let i = 0; i < 8; i += 1) expect((await server.send("/")).body).toBe("ok");
    // A request that follows at once may find the first connection not free yet.
    expect(server.connectionCount()).toBeLessThanOrEqual(2);
  });

  test("does not follow a redirect", async () => {
    const paths: string[] = [];
    await using server = await connected((request, response) => {
      paths.push(request.url ?? "");
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    expect(await server.send("/here")).toMatchObject({ status: 302, headers: { location: "/elsewhere" } });
    expect(paths).toEqual(["/here"]);
  });

  test("gives up a server that does not begin to answer", async () => {
    await using server = await connected(() => {}, { answerTimeoutMs: 50 });
    await expect(server.send("/")).rejects.toMatchObject({ code: "UND_ERR_HEADERS_TIMEOUT" });
  });

  test("gives up a server that stops in the midst of its answer", async () => {
    await using server = await connected((_request, response) => response.write("half"), {
      answerTimeoutMs: 50,
    });
    await expect(server.send("/")).rejects.toMatchObject({ code: "UND_ERR_BODY_TIMEOUT" });
  });

  test("rejects an answer that breaks off", async () => {
    await using server = await connected((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    });
    await expect(server.send("/")).rejects.toMatchObject({ code: "UND_ERR_SOCKET" });
  });

  test("rejects an answer that is too large, with and without its length told", async () => {
    await using server = await connected(
      ({ url }, response) => {
        if (url === "/told") response.setHeader("content-length", "1001");
        response.end("x".repeat(url === "/fits" ? 1000 : 1001));
      },
      { bodyBytesMax: 1000 },
    );
    expect((await server.send("/fits")).body).toHaveLength(1000);
    await expect(server.send("/told")).rejects.toMatchObject({ code: "UND_ERR_RES_EXCEEDED_MAX_SIZE" });
    await expect(server.send("/untold")).rejects.toMatchObject({ code: "UND_ERR_RES_EXCEEDED_MAX_SIZE" });
  });

  test("gives up when the signal is aborted, before and during the exchange", async () => {
    const stop = new AbortController();
    await using server = await connected(() => stop.abort());
    await expect(server.send("/", { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
    await expect(server.send("/", { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
  });

  test("close ends what is under way, and does nothing before the first request", async () => {
    const asked = new EventEmitter();
    await using server = await connected(() => asked.emit("request"));
    const request = once(asked, "request");
    const ended = server.send("/").catch((error: unknown) => error);
    await request;
    await server.close();
    expect(await ended).toBeInstanceOf(Error);
    await createHttp().close();
  });

  test("never gives a loopback request to a proxy", async () => {
    vi.stubEnv("HTTP_PROXY", "http://127.0.0.1:1");
    vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:1");
    await using server = await connected((_request, response) => response.end("direct"));
    expect((await server.send("/")).body).toBe("direct");
  });
});
