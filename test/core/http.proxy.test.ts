import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tls from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createHttp, type HttpLimits, type HttpResponse } from "../../src/core/http.ts";
import { makeCertificate } from "./support/certificate.ts";
import { type Listening, listening } from "./support/listening.ts";

const HOST = "api-eac94d5a.duosecurity.com";

/** What a proxy was asked for. */
interface Asked {
  readonly target: string;
  readonly authorization: string | undefined;
}

/** A proxy that tunnels to one port, whatever it is asked for. */
async function tunnelProxy(toPort: number): Promise<Listening & { readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createHttpServer();
  server.on("connect", ({ url, headers }: IncomingMessage, client: Socket) => {
    asked.push({ target: url ?? "", authorization: headers["proxy-authorization"] });
    const inner = connect(toPort, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      inner.pipe(client);
      client.pipe(inner);
    });
    inner.on("error", () => client.destroy());
    client.on("error", () => inner.destroy());
    client.on("close", () => inner.destroy());
  });
  return { ...(await listening(server)), asked };
}

async function refusingProxy(): Promise<Listening> {
  const server = createHttpServer();
  server.on("connect", (_request: IncomingMessage, client: Socket) => {
    client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  });
  return listening(server);
}

async function send(limits: Partial<HttpLimits> = {}, url = `https://${HOST}/path`): Promise<HttpResponse> {
  const { http, close } = createHttp(limits);
  try {
    return await http({ method: "GET", url, headers: {} });
  } finally {
    await close();
  }
}

// From Node 22.15 on, Node itself asks the operating system, and SSL_CERT_FILE is not ours to read.
describe.skipIf("getCACertificates" in tls)("createHttp with a proxy", () => {
  const certificate = makeCertificate(HOST);
  let folder: string;
  let server: Listening;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "duolake-proxy-"));
    await writeFile(join(folder, "trusted.pem"), certificate.cert);
    await writeFile(join(folder, "none.pem"), "");
    server = await listening(
      createHttpsServer(certificate, (request, response) => response.end(`host ${request.headers.host}`)),
    );
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"]) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv("SSL_CERT_FILE", join(folder, "trusted.pem"));
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test("asks the proxy for a tunnel and checks the certificate of the server behind it", async () => {
    await using proxy = await tunnelProxy(server.port);
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    expect(await send()).toMatchObject({ status: 200, body: `host ${HOST}` });
    expect(proxy.asked).toEqual([{ target: `${HOST}:443`, authorization: undefined }]);
  });

  test("refuses a server whose certificate nobody vouches for", async () => {
    await using proxy = await tunnelProxy(server.port);
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    vi.stubEnv("SSL_CERT_FILE", join(folder, "none.pem"));
    await expect(send()).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  });

  test("refuses a certificate of another host", async () => {
    const other = makeCertificate("api-00000000.duosecurity.com");
    await writeFile(join(folder, "other.pem"), other.cert);
    vi.stubEnv("SSL_CERT_FILE", join(folder, "other.pem"));
    await using impostor = await listening(createHttpsServer(other));
    await using proxy = await tunnelProxy(impostor.port);
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    await expect(send()).rejects.toThrow(/altnames|ALTNAME/);
  });

  test("takes an address without scheme, credentials, and the lower-case name first", async () => {
    await using proxy = await tunnelProxy(server.port);
    vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:1");
    vi.stubEnv("https_proxy", `me:pass%20word@127.0.0.1:${proxy.port}`);
    expect((await send()).status).toBe(200);
    const authorization = `Basic ${Buffer.from("me:pass word").toString("base64")}`;
    expect(proxy.asked).toEqual([{ target: `${HOST}:443`, authorization }]);
  });

  test("goes past the proxy for a host in NO_PROXY", async () => {
    await using proxy = await tunnelProxy(server.port);
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    vi.stubEnv("NO_PROXY", "example.com,0.0.0.0");
    // An address that leads here and is none of loopback's; the certificate is for another name.
    const direct = send({}, `https://0.0.0.0:${server.port}/`);
    await expect(direct).rejects.toMatchObject({ code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    expect(proxy.asked).toEqual([]);
  });

  test("says which status a proxy refused with", async () => {
    await using proxy = await refusingProxy();
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    await expect(send()).rejects.toMatchObject({
      code: "UND_ERR_ABORTED",
      message: expect.stringContaining("407"),
    });
  });

  test("gives up a proxy that does not answer", async () => {
    await using proxy = await listening(createServer());
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    await expect(send({ answerTimeoutMs: 50 })).rejects.toMatchObject({ code: "UND_ERR_HEADERS_TIMEOUT" });
  });

  test("gives up a server behind the proxy that does not finish the handshake", async () => {
    await using silent = await listening(createServer());
    await using proxy = await tunnelProxy(silent.port);
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    await expect(send({ connectTimeoutMs: 50 })).rejects.toMatchObject({ code: "UND_ERR_CONNECT_TIMEOUT" });
  });

  test("rejects the request, and not close, where the proxy's address is no URL", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://[");
    const { http, close } = createHttp();
    const request = { method: "GET", url: `https://${HOST}/`, headers: {} } as const;
    await expect(http(request)).rejects.toMatchObject({ code: "ERR_INVALID_URL" });
    await close();
  });
});
