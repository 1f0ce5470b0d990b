import { textOf } from '../command/chars.js';
import { refuse } from '../command/refused.js';
import type { Site } from '../command/site.js';

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/;

/** Where uvicorn listens, as `ListenStream=` takes it. @throws {Refused} where that is only known at its start */
export function listenOn(site: Site): string {
  const host = optionOf(site, '--host', 'UVICORN_HOST', '127.0.0.1');
  const port = optionOf(site, '--port', 'UVICORN_PORT', '8000');
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535)
    refusePlace(site, '--port', port, 'a port from 1 to 65535');
  if (host === 'localhost') return `127.0.0.1:${port}`;
  if (IPV4.test(host)) return `${host}:${port}`;
  if (IPV6.test(host)) return `[${host}]:${port}`;
  return refusePlace(site, '--host', host, 'an address such as 0.0.0.0');
}

function optionOf(site: Site, name: string, variable: string, usual: string): string {
  const use = site.args.options.findLast((option) => option.name === name);
  if (use?.value?.some((char) => char.opaque)) refusePlace(site, name, textOf(use.value), 'a plain value');
  if (use !== undefined) return use.value === undefined ? '' : textOf(use.value);
  const { complete, variables } = site.environment;
  const set = variables.get(variable);
  if (set === undefined && complete) return usual;
  return refuse({
    kind: 'unsafe',
    message: `${name} may be set by ${variable} in the environment of the unit`,
    at: set?.at ?? site.command.words[0]?.start ?? 0,
    fix: `Write ${name} in the command, then run again`,
  });
}

function refusePlace(site: Site, name: string, found: string, expected: string): never {
  return refuse({
    kind: 'unsafe',
    message: `A socket unit can not listen on this ${name}`,
    at: site.args.options.findLast((option) => option.name === name)?.at ?? site.command.words[0]?.start ?? 0,
    found: `${name} ${found}`,
    fix: `Write ${expected} after ${name}, or leave \`handoff: socket\` out for this target`,
  });
}
