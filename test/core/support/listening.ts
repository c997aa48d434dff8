import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";

/** A server on a free port of 127.0.0.1, closed with all its connections at the end of the test. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly connectionCount: () => number;
}

export async function listening(server: Server | HttpServer): Promise<Listening> {
  const sockets = new Set<Socket>();
  let connectionCount = 0;
  server.on("connection", (socket: Socket) => {
    connectionCount += 1;
    sockets.add(socket);
    // A client that goes away is no concern of the test.
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connectionCount: () => connectionCount,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
