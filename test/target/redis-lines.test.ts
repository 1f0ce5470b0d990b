import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { programOf } from '../../src/target/program-rows.js';
import { rowsOf } from '../../src/target/rows.js';
import { PYTHON, ServiceBench } from '../support/services.js';

let bench: ServiceBench | undefined;
let server: Server | undefined;
const lines = new Set<Socket>();
afterEach(async () => {
  await bench?.remove();
  for (const line of lines) line.destroy();
  server?.close();
});

async function listen(): Promise<number> {
  const listening = createServer((line) => lines.add(line.on('error', () => undefined)));
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A service whose parent has one connection, and whose child has two of its own. */
const SERVICE = `
import socket, subprocess, sys, time
port, own = int(sys.argv[1]), int(sys.argv[2])
held = [socket.create_connection(("127.0.0.1", port)) for _ in range(own)]
if own == 1: subprocess.Popen([sys.executable, __file__, str(port), "2"])
time.sleep(600)
`;

describe('the connections of a service to Redis', () => {
  it('are counted over all its processes, and no others', async () => {
    const port = await listen();
    bench = await ServiceBench.make({ 'app/lines.py': SERVICE });
    await bench.start({ argv: [PYTHON, bench.path('app/lines.py'), String(port), '1'] });
    await bench.until(async () => lines.size === 3);
    const counted = async (to: number) => {
      const said = await bench?.ask('facts', JSON.stringify({ files: {}, redis_port: to }));
      return programOf(rowsOf(said?.stdout ?? ''))?.redisConnections;
    };
    expect(await counted(port)).toBe(3);
    expect(await counted(port === 1 ? 2 : 1)).toBe(0);
  });
});
