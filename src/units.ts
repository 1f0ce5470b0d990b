import { fail } from './errors.js';

/** A kind of quantity: what a user may write, and what one unit is worth. */
interface Kind {
  readonly what: string;
  readonly example: string;
  readonly units: ReadonlyMap<string, number>;
  /** The smallest part of the base unit that is kept: whole bytes, but microseconds. */
  readonly grain: number;
}

const BYTES: Kind = {
  what: 'a size',
  example: '4GB or 512MiB',
  grain: 1,
  units: new Map([
    ['B', 1],
    ['kB', 1e3],
    ['KB', 1e3],
    ['MB', 1e6],
    ['GB', 1e9],
    ['TB', 1e12],
    ['KiB', 2 ** 10],
    ['MiB', 2 ** 20],
    ['GiB', 2 ** 30],
    ['TiB', 2 ** 40],
  ]),
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const DURATION: Kind = {
  what: 'a duration',
  example: '500ms, 30s or 24h',
  grain: 0.001,
  units: new Map([
    ['ms', 1],
    ['s', SECOND],
    ['m', MINUTE],
    ['min', MINUTE],
    ['h', HOUR],
    ['d', DAY],
  ]),
};

const BITRATE: Kind = {
  what: 'a bandwidth',
  example: '3Mbps',
  grain: 1,
  units: new Map([
    ['bps', 1],
    ['kbps', 1e3],
    ['Kbps', 1e3],
    ['Mbps', 1e6],
    ['Gbps', 1e9],
  ]),
};

const QUANTITIES = { bytes: BYTES, duration: DURATION, bitrate: BITRATE } as const;

export type Quantity = keyof typeof QUANTITIES;

/** What a user should have written, in words: `a size with its unit (B, kB, ...), such as 4GB`. */
export function expectedQuantity(quantity: Quantity): string {
  const { what, example, units } = QUANTITIES[quantity];
  return `${what} with its unit (${[...units.keys()].join(', ')}), such as ${example}`;
}

/** A regular expression's source for editors and JSON Schemas. */
export function quantityPattern(quantity: Quantity): string {
  return `^\\d+(\\.\\d+)? ?(${[...QUANTITIES[quantity].units.keys()].join('|')})$`;
}

/** Reads a quantity in its base unit (bytes, ms, bits per second); `undefined` where it is none. Never negative. */
export function readQuantity(quantity: Quantity, text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text.trim());
  const { units, grain } = QUANTITIES[quantity];
  const worth = units.get(match?.[2] ?? '');
  if (match === null || worth === undefined) return undefined;
  const value = Math.round((Number(match[1]) * worth) / grain) / (1 / grain);
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** `500ms`, `30s`, `5m`, `24h`, `2d` in milliseconds. Throws a `usage` problem that names the units. */
export function parseDuration(text: string): number {
  const value = readQuantity('duration', text);
  if (value !== undefined) return value;
  const { what, example } = DURATION;
  return fail({
    code: 'usage',
    message: `'${text}' is not ${what}`,
    expected: expectedQuantity('duration'),
    found: text,
    fix: `Write the number with its unit, such as ${example}`,
  });
}

/** Bytes for people: `600 MB`, `3.9 GB`. Powers of ten, at most one decimal. */
export function formatBytes(bytes: number): string {
  return withUnit(bytes, short);
}

/** The same for what is asked for: rounded up, so that whoever gives what is written gives enough. */
export function formatBytesUp(bytes: number): string {
  return withUnit(bytes, (value) => short(Math.ceil(value * 10) / 10));
}

function withUnit(bytes: number, format: (value: number) => string): string {
  const step = (['TB', 'GB', 'MB', 'kB'] as const).find((unit) => Math.abs(bytes) >= worthOf(BYTES, unit));
  return step === undefined ? `${bytes} B` : `${format(bytes / worthOf(BYTES, step))} ${step}`;
}

/** Milliseconds for people: `500 ms`, `90 s`, `24 h`. The largest unit that divides exactly, else seconds. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${short(ms)} ms`;
  const step = (['h', 'm'] as const).find((unit) => ms % worthOf(DURATION, unit) === 0) ?? 's';
  return `${short(ms / worthOf(DURATION, step))} ${step}`;
}

function worthOf(kind: Kind, unit: string): number {
  return kind.units.get(unit) ?? 1;
}

function short(value: number): string {
  return String(Number(value.toFixed(1)));
}
