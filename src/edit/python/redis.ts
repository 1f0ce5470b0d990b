import type { Doubt, Editor } from '../types.js';
import { callEditor } from './call-editor.js';
import { callsOf, type KnownCall } from './calls.js';
import type { PythonParser } from './grammar.js';
import { importsOf } from './imports.js';
import { chooseCall } from './redis-choice.js';
import { REDIS_CALLS, type RedisCall } from './redis-names.js';
import { refuse } from './refusal.js';
import type { Slot, Target } from './slots.js';
import { placeOf, refuseAt, type Source } from './source.js';
import { queryValue, textAt, urlOf, urlSpots } from './traced-url.js';
import { isWrittenOut, parameterIn, urlStringsOf } from './url.js';

/**
 * Edits `max_connections` of the file's one redis-py pool, or of its one client where the client makes its own pool;
 * or of the one that is picked by its name. Refuses files with none, or several and none picked, and
 * URLs that carry the setting in a way that can't be followed.
 */
export function redisEditor(parser: PythonParser, picked?: string): Editor {
  return callEditor(parser, (source) => findCall(source, picked));
}

function findCall(source: Source, picked: string | undefined): Target {
  const call = chooseCall(source, callsOf(source, importsOf(source), REDIS_CALLS), picked);
  refuseManyPositional(source, call);
  const beaten = urlSetting(source, call);
  const slot: Slot = { key: 'redis.max_connections', keyword: 'max_connections' };
  const slots = [call.kind.index === undefined ? slot : { ...slot, index: call.kind.index }];
  const doubts = beaten === undefined ? unseenUrl(source, call) : [];
  return {
    args: call.args,
    slots,
    ...(beaten === undefined ? {} : { beaten }),
    ...(doubts.length === 0 ? {} : { doubts }),
  };
}

/** redis-py lets the URL's own `max_connections` beat the argument: it is changed there, wherever the URL is written. */
function urlSetting(source: Source, call: KnownCall<RedisCall>): Target['beaten'] {
  const url = call.kind.takesUrl ? urlOf(call.args) : undefined;
  const spots = url === undefined ? [] : urlSpots(source, call.args);
  const values = spots.flatMap((spot) => queryValue(spot, 'max_connections') ?? []);
  const [first] = values;
  if (first === undefined) refuseUrlSetting(source, call);
  if (url === undefined || first === undefined) return undefined;
  const found = `max_connections=${textAt(first).slice(0, 20)}`;
  const strange = values.find(({ known }) => typeof known !== 'number');
  if (strange !== undefined) {
    const why = 'max_connections in the URL is no plain number';
    return { trace: { ok: false, why, stuck: { ...strange, at: strange.start } }, at: url, found };
  }
  if (values.length === spots.length) return { trace: { ok: true, spots: values }, at: url, found };
  const why = 'some of the URLs that it may be given carry max_connections, and others do not';
  return { trace: { ok: false, why, stuck: { ...first, at: first.start } }, at: url, found };
}

/** A URL that is made elsewhere may carry the setting: whether it does is only known where the program runs. */
function unseenUrl(source: Source, { kind, args }: KnownCall<RedisCall>): readonly Doubt[] {
  const url = kind.takesUrl ? urlOf(args) : undefined;
  if (url === undefined || urlSpots(source, args).length > 0 || isWrittenOut(source, url)) return [];
  return [
    {
      code: 'redis-url-unseen',
      message:
        'Where the Redis URL of this call comes from can not be followed: a max_connections in it would beat the argument',
      at: placeOf(source, url),
      fix: 'See that the URL has no `max_connections`; after the change `action-tune verify` tells what the processes took.',
    },
  ];
}

/** A URL that is put together of parts. */
function refuseUrlSetting(source: Source, { kind, node, args }: KnownCall<RedisCall>): void {
  if (!kind.takesUrl) return;
  const found = parameterIn(urlStringsOf(source, args).join(''), 'max_connections');
  if (found === undefined) return;
  refuse({
    kind: 'unsafe',
    message: 'the Redis URL carries max_connections, and the URL beats the argument',
    at: placeOf(source, node),
    found: `max_connections=${found.value}`.slice(0, 60),
    fix: 'Change max_connections in the URL by hand, or take it out of the URL',
  });
}

/** Up to four, `host, port, db, password`, there is no doubt; beyond, a position may be the pool or the setting itself. */
const MOST_POSITIONAL = 4;

function refuseManyPositional(source: Source, { kind, args }: KnownCall<RedisCall>): void {
  const extra = args.positional[MOST_POSITIONAL];
  if (extra === undefined || kind.makes === 'pool') return;
  refuseAt(source, extra, {
    kind: 'unsafe',
    message: `the client has more than ${MOST_POSITIONAL} arguments without a name`,
    fix: 'Give the arguments after the fourth their names',
  });
}
