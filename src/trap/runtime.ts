import type { Check } from './trap.js';

const UVICORN_KEEP_ALIVE_S = 5;
/** What nginx does where nothing is set. */
const NGINX_KEEP_ALIVE_S = 60;
/** The one that closes an idle connection first cuts the request that the other sends on it. */
export const keepAliveOfProxy: Check = ({ proxies, starts }) =>
  proxies.flatMap((proxy) => {
    const lines = proxy.text.split('\n').map((line) => line.replace(/#.*/, ''));
    const line = lines.findIndex((each) => /^\s*keepalive\s+\d+\s*;/.test(each));
    if (line === -1) return [];
    const idle = Number(/^\s*keepalive_timeout\s+(\d+)/m.exec(lines.join('\n'))?.[1] ?? NGINX_KEEP_ALIVE_S);
    return starts
      .filter(({ service, command }) => {
        const own = Number(/--timeout-keep-alive[= ](\d+)/.exec(command)?.[1] ?? UVICORN_KEEP_ALIVE_S);
        return service === 'backend' && /\buvicorn\b/.test(command) && own <= idle;
      })
      .map((start) => ({
        code: 'keep-alive',
        message: `the proxy keeps idle connections for ${idle} s (${proxy.path}:${line + 1}), and uvicorn closes them before that`,
        file: start.path,
        line: start.line,
        fix: `Start uvicorn with --timeout-keep-alive ${idle + 5}`,
      }));
  });

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
