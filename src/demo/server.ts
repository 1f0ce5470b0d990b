import { createServer, type Server as NetServer, type Socket } from 'node:net';
import type { AuthContext, Connection, Session } from 'ssh2';
import { runCommand, type Surroundings } from './run-command.js';

type Ssh2 = typeof import('ssh2');

export interface DemoServerOptions extends Surroundings {
  /** Private key in OpenSSH format. */
  readonly hostKey: string;
  /** The one public key that is let in, as in `authorized_keys`. */
  readonly authorizedKey: string;
}

export interface DemoServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts an SSH server on loopback, at a free port, that runs real commands as the user who started it. */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { default: ssh2 } = await import('ssh2');
  const accepts = acceptOnly(options.authorizedKey, ssh2);
  const server = new ssh2.Server({ hostKeys: [options.hostKey] }, (connection) => {
    serve(connection, accepts, options);
  });
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    server.injectSocket(socket);
  });
  return { port: await listen(listener), close: () => stop(listener, sockets) };
}

function serve(connection: Connection, accepts: (attempt: AuthContext) => boolean, where: Surroundings): void {
  connection.on('error', () => undefined);
  connection.on('authentication', (attempt) => (accepts(attempt) ? attempt.accept() : attempt.reject(['publickey'])));
  connection.on('session', (acceptSession) => serveSession(acceptSession(), where));
}

function serveSession(session: Session, where: Surroundings): void {
  session.on('exec', (acceptExec, _reject, { command }) => runCommand(command, where, acceptExec()));
}

/** A key is asked for twice: whether it would do, and then with a signature that proves its possession. */
function acceptOnly(authorizedKey: string, ssh2: Ssh2): (attempt: AuthContext) => boolean {
  const allowed = ssh2.utils.parseKey(authorizedKey);
  if (allowed instanceof Error) throw allowed;
  return (attempt) => {
    if (attempt.method !== 'publickey' || !attempt.key.data.equals(allowed.getPublicSSH())) return false;
    if (attempt.signature === undefined || attempt.blob === undefined) return true;
    return allowed.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
  };
}

function listen(listener: NetServer): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
    });
  });
}

function stop(listener: NetServer, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    listener.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
