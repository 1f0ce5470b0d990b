import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that can stop carrying anything, both ways, while every connection stays up. */
export interface BlackHole {
  readonly port: number;
  swallow(): void;
  close(): Promise<void>;
}

export async function startBlackHole(targetPort: number): Promise<BlackHole> {
  const sockets: Socket[] = [];
  const server = createServer((from) => {
    const to = connect(targetPort, '127.0.0.1');
    // Who is reset resets the other: `pipe` passes on an orderly end only.
    from.on('error', () => to.destroy());
    to.on('error', () => from.destroy());
    from.pipe(to);
    to.pipe(from);
    sockets.push(from, to);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    swallow: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
