import { formatDuration } from '../units.js';
import { directivesIn, everyDirective, milliseconds } from './nginx.js';
import type { Check, SourceText } from './trap.js';

const MS = 1000;
/** What nginx does for an upstream where nothing is set. */
const NGINX_KEEP_ALIVE = '60s';

interface Server {
  readonly name: string;
  readonly option: string;
  /** Where the option is not given. */
  readonly seconds: number;
}

/** gunicorn tells its uvicorn workers how long they keep connections. */
const SERVERS: readonly Server[] = [
  { name: 'gunicorn', option: '--keep-alive', seconds: 2 },
  { name: 'uvicorn', option: '--timeout-keep-alive', seconds: 5 },
];

/** The one that closes an idle connection first cuts the request that the other sends on it. */
export const keepAliveOfProxy: Check = ({ proxies, starts }) =>
  proxies.flatMap(upstreamsIn).flatMap(({ idleMs, at }) =>
    starts.flatMap(({ service, command, path, line }) => {
      const server = SERVERS.find(({ name }) => new RegExp(`\\b${name}\\b`).test(command));
      if (service !== 'backend' || server === undefined || keptMs(server, command) > idleMs) return [];
      return [
        {
          code: 'keep-alive',
          message: `the proxy keeps idle connections for ${formatDuration(idleMs)} (${at}), and ${server.name} closes them before that`,
          file: path,
          line,
          fix: `Start ${server.name} with ${server.option} ${Math.ceil(idleMs / MS) + 5}`,
        },
      ];
    }),
  );

function keptMs({ option, seconds }: Server, command: string): number {
  const given = new RegExp(`\\s${option}[=\\s]\\s*(\\d+)`).exec(command)?.[1];
  return Number(given ?? seconds) * MS;
}

/** The upstreams that keep connections, and for how long: `keepalive_timeout` of `http` is that of the clients. */
function upstreamsIn({ path, text }: SourceText): readonly { readonly idleMs: number; readonly at: string }[] {
  return everyDirective(directivesIn(text), 'upstream').flatMap(({ block }) => {
    const keeping = block.find(({ name, args }) => name === 'keepalive' && Number(args[0]) > 0);
    const timeout = block.find(({ name }) => name === 'keepalive_timeout')?.args[0] ?? NGINX_KEEP_ALIVE;
    const idleMs = milliseconds(timeout);
    return keeping === undefined || idleMs === null ? [] : [{ idleMs, at: `${path}:${keeping.line}` }];
  });
}

/** A unit that requires another is stopped with it; one that wants it is only started with it. */
export const requiresRedis: Check = ({ units }) =>
  units.flatMap(({ path, text }) => {
    const line = text.split('\n').findIndex((each) => /^\s*Requires\s*=.*\bredis(?:-server)?\.service\b/.test(each));
    if (line === -1) return [];
    return [
      {
        code: 'requires-redis',
        message: 'the unit requires Redis: stopping or restarting Redis stops the service too',
        file: path,
        line: line + 1,
        fix: 'Write Wants= instead of Requires=, and keep After=',
      },
    ];
  });
