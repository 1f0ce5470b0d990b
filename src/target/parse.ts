import type { ComposeProgram, Lock, TargetFacts, TargetFile } from './facts.js';
import { bytesOf, type Row, rowsOf, textOf } from './rows.js';
import { parseBeside, parseServices } from './service-rows.js';
import { parseSurroundings } from './surroundings-rows.js';

/** Turns the answer of the probe into facts; which of the services beside are siblings is told apart later. Throws a plain Error (a bug) on a line that it does not know. */
export function parseFacts(stdout: string): TargetFacts {
  const rows = rowsOf(stdout);
  const files = parseFiles(rows);
  const database = files.get('database')?.path ?? null;
  const first = (key: string): Row => rows.find((row) => row[0] === key) ?? [];
  return {
    owner: first('user').slice(1).join(':'),
    clock: first('clock')[1] ?? '',
    cpus: positive(first('cpus')[1]),
    hostCpus: positive(first('cpus')[2]),
    memoryBytes: positive(first('memory')[1]),
    systemd: first('systemd')[1] === 'yes',
    compose: parseCompose(first('compose')),
    containers: Number(first('containers')[1] ?? 0),
    root: textOf(first('root')[1]) || null,
    state: textOf(first('state')[1]),
    journal: textOf(first('journal')[1]),
    newestRelease: Number(first('newest')[1] ?? 0),
    lock: parseLock(first('lock')),
    pending: parsePending(first('pending')),
    files,
    composeInstead: rows.filter((row) => row[0] === 'instead').map(([, path]) => textOf(path)),
    services: parseServices(rows, database),
    beside: parseBeside(rows, database),
    siblings: [],
    surroundings: parseSurroundings(rows),
  };
}

/** The files of an answer, by role. */
export function parseFiles(rows: readonly Row[]): ReadonlyMap<string, TargetFile> {
  const contents = new Map(rows.filter((row) => row[0] === 'content').map((row) => [row[1], bytesOf(row[2])]));
  return new Map(
    rows
      .filter((row) => row[0] === 'file')
      .map((row) => [row[1] ?? '', parseFile(row, contents.get(row[1] ?? '') ?? null)]),
  );
}

function parseFile(row: Row, content: Buffer | null): TargetFile {
  const [, role = '', path, kind, writable, mode = '', owner = '', links, size, mounted] = row;
  return {
    role,
    path: textOf(path),
    kind: kind as TargetFile['kind'],
    writable: writable === 'yes',
    readOnly: writable === 'read-only',
    mode,
    owner,
    links: Number(links ?? 0),
    bytes: Number(size ?? 0),
    mounted: mounted === 'yes',
    content,
  };
}

function parseCompose(row: Row): TargetFacts['compose'] {
  const [, program, version = ''] = row;
  return program === undefined || program === 'none' ? null : { program: program as ComposeProgram, version };
}

function parseLock(row: Row): Lock | null {
  const [, encoded, holder] = row;
  if (encoded === undefined) return null;
  const content = textOf(encoded).trimEnd();
  const field = (name: string) => new RegExp(`"${name}":"([^"]*)"`).exec(content)?.[1] ?? 'unknown';
  return {
    content,
    by: field('by'),
    command: field('command'),
    since: field('since'),
    holder: holder === 'alive' ? 'alive' : 'gone',
  };
}

function parsePending([, deadline, releases]: Row): TargetFacts['pending'] {
  if (deadline === undefined || releases === undefined) return null;
  return {
    deadline: new Date(Number(deadline) * 1000).toISOString().replace('.000Z', 'Z'),
    releases: releases.trim().split(' ').map(Number),
  };
}

function positive(field: string | undefined): number | null {
  const value = Number(field);
  return Number.isFinite(value) && value > 0 ? value : null;
}
