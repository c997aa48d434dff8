import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { DuolakeError, systemCode } from "../core/errors.ts";
import type { Health } from "../status/health.ts";
import type { Metrics } from "../status/metrics.ts";

export interface ServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  readonly health: () => Health;
  readonly metrics: Pick<Metrics, "text" | "contentType">;
  /** The page for people, HTML. */
  readonly page: () => string;
}

/** The daemon's window to the outside, on 127.0.0.1 only. */
export interface StatusServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves `/healthz` (200 or 503), `/metrics` and the page.
 *
 * @throws port_in_use; usage_invalid where this user may not open the port
 */
export async function startServer(options: ServerOptions): Promise<StatusServer> {
  const routes = new Hono();
  routes.get("/healthz", (context) => {
    const health = options.health();
    return context.json(health, health.status === "ok" ? 200 : 503);
  });
  routes.get("/metrics", async (context) =>
    context.body(await options.metrics.text(), 200, { "Content-Type": options.metrics.contentType }),
  );
  routes.get("/", (context) =>
    // Nothing on the page comes from elsewhere; the policy makes sure of it.
    context.html(options.page(), 200, {
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }),
  );
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: routes.fetch, hostname: "127.0.0.1", port: options.port }, ({ port }) => {
      resolve({
        url: `http://127.0.0.1:${port}`,
        [Symbol.asyncDispose]: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ("closeAllConnections" in server) server.closeAllConnections();
          }),
      });
    });
    server.on("error", (error: Error) => {
      reject(portError(options.port, error));
    });
  });
}

function portError(port: number, cause: Error): Error {
  const code = systemCode(cause);
  if (code === "EADDRINUSE") {
    return new DuolakeError(
      "port_in_use",
      `Cannot serve on 127.0.0.1: another program has the port; choose one with --port, got ${port}`,
      { cause },
    );
  }
  if (code !== "EACCES") return cause;
  return new DuolakeError(
    "usage_invalid",
    `Cannot serve on 127.0.0.1: this user may not open the port; choose one above 1023 with --port, got ${port}`,
    { cause },
  );
}
