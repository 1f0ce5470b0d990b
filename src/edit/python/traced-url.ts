import type { Node } from 'web-tree-sitter';
import { plainly, type Spot, valueOfText } from '../spot.js';
import type { ArgumentList } from './arguments.js';
import { shown } from './refusal.js';
import type { Source } from './source.js';
import { trace } from './trace.js';
import { parameterIn } from './url.js';

/** Where the URL of a call is written down, as far as it can be followed; nothing where it can't. */
export function urlSpots(source: Source, args: ArgumentList): readonly Spot[] {
  const url = urlOf(args);
  if (url === undefined) return [];
  const found = trace(source, url, { cast: true, words: true, depth: 0, trace });
  return found.ok ? found.spots : [];
}

export function urlOf({ keywords, positional }: ArgumentList): Node | undefined {
  return keywords.get('url') ?? positional[0];
}

/** The text of a spot, which may hold a password. */
export function textAt({ text, start, end }: Spot): string {
  return text.slice(start, end);
}

/** The value of a parameter in a URL's query, as a spot of its own; `undefined` where the URL does not have it. */
export function queryValue(spot: Spot, name: string): Spot | undefined {
  const found = parameterIn(textAt(spot), name);
  if (found === undefined) return undefined;
  const { value } = found;
  const start = spot.start + found.start;
  const known = /^\d+$/.test(value) ? valueOfText(value) : { unresolved: `${name} in the URL is ${shown(value)}` };
  return { path: spot.path, text: spot.text, start, end: start + value.length, known, written: plainly };
}
