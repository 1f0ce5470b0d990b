import { fail } from '../errors.js';

/** Where a project is. Local roots are as written: the caller resolves them against its own folder. */
export type TargetAddress = LocalAddress | SshAddress;

interface LocalAddress {
  readonly kind: 'local';
  readonly root: string;
}

export interface SshAddress {
  readonly kind: 'ssh';
  readonly user?: string;
  /** A name, an alias of the user's SSH configuration, or an IP address without brackets. */
  readonly host: string;
  readonly port?: number;
  /** Absolute. */
  readonly root: string;
}

const HOW_TO_WRITE = 'write `ssh://user@host:port/absolute/root`, `local:/absolute/root` or `local:.`';
/** As OpenSSH has it: these names end up in the user's ProxyCommand, which a shell reads. */
const UNSAFE_HOST = /^-|[\s'"`$\\;&<>|(){},/@?#]/;
const UNSAFE_USER = /^-|[\s'"`;&<>|(){}$\\]/;

/**
 * Reads what `--target` takes, names from the configuration aside.
 * @throws ProblemError `target`; the message never repeats a password.
 */
export function parseTarget(text: string): TargetAddress {
  if (hasControls(text)) refuse(text, 'the target holds control characters');
  if (text.startsWith('local:')) return parseLocal(text);
  const parts = /^ssh:\/\/([^/]*)(.*)$/s.exec(text);
  if (parts === null) refuse(text, 'the target is neither an `ssh://` nor a `local:` address');
  const [, authority = '', path = ''] = parts;
  const root = parseRoot(text, path);
  return { kind: 'ssh', ...parseAuthority(text, authority), root };
}

/** The address as `parseTarget` reads it. */
export function formatTarget(address: TargetAddress): string {
  return address.kind === 'local' ? `local:${address.root}` : `ssh://${formatHost(address)}${encode(address.root)}`;
}

/** `user@host:port`, as far as each is known. */
export function formatHost(address: { user?: string | undefined; host: string; port?: number | undefined }): string {
  const user = address.user === undefined ? '' : `${encodeURIComponent(address.user)}@`;
  const host = address.host.includes(':') ? `[${address.host.replace('%', '%25')}]` : encode(address.host);
  return `${user}${host}${address.port === undefined ? '' : `:${address.port}`}`;
}

function parseLocal(text: string): LocalAddress {
  const root = text.slice('local:'.length);
  if (root === '') refuse(text, 'the target names no folder');
  if (!/^(\/|\.\.?(\/|$))/.test(root))
    refuse(text, 'the folder is relative', `write \`local:./${root}\` or an absolute path`);
  return { kind: 'local', root };
}

function parseAuthority(text: string, authority: string): Omit<SshAddress, 'kind' | 'root'> {
  const at = authority.lastIndexOf('@');
  const userinfo = authority.slice(0, Math.max(at, 0));
  if (/:|%3a/i.test(userinfo))
    refuse(text, 'the target holds a password', 'leave the password out; use a key or an agent');
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(.*))?$/s.exec(authority.slice(at + 1));
  if (parts === null) refuse(text, 'the host can not be read');
  const [, bracketed, plain, port] = parts;
  const host = decode(text, bracketed ?? plain ?? '');
  if (UNSAFE_HOST.test(host) || hasControls(host)) refuse(text, 'the host can not be a host name');
  return {
    ...(at >= 0 && { user: parseUser(text, userinfo) }),
    host,
    ...(port !== undefined && { port: parsePort(text, port) }),
  };
}

function parseUser(text: string, userinfo: string): string {
  const user = decode(text, userinfo);
  if (user === '' || UNSAFE_USER.test(user) || hasControls(user)) refuse(text, 'the user can not be a login name');
  return user;
}

function parsePort(text: string, port: string): number {
  const value = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (value < 1 || value > 65535) refuse(text, 'the port is not a number from 1 to 65535');
  return value;
}

function parseRoot(text: string, path: string): string {
  if (/[?#]/.test(path)) refuse(text, 'the root holds a bare `?` or `#`', 'write `%3F` for `?` and `%23` for `#`');
  const root = decode(text, path).replace(/\/+$/, '');
  if (root === '') refuse(text, 'the target names no project root');
  if (hasControls(root)) refuse(text, 'the target holds control characters');
  if (/^\/~|(^|\/)\.\.?(\/|$)/.test(root))
    refuse(text, 'the root is relative', 'write the absolute path of the project');
  return root;
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return refuse(text, 'the target holds a `%` that encodes nothing', 'write `%25` for a `%`');
  }
}

function encode(part: string): string {
  return encodeURI(part).replaceAll('?', '%3F').replaceAll('#', '%23');
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function refuse(text: string, message: string, fix: string = HOW_TO_WRITE): never {
  return fail({ code: 'target', message, expected: 'ssh://user@host:port/absolute/root', found: shown(text), fix });
}

/** Everything that could be part of a password, however badly the address is written, is left out. */
function shown(text: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(text) ?? [];
  const at = rest.lastIndexOf('@');
  const safe = at >= 0 && /:|%3a/i.test(rest.slice(0, at)) ? `…${rest.slice(at)}` : rest;
  return JSON.stringify(scheme + safe).slice(1, -1);
}
