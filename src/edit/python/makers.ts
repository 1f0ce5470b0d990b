import type { Node } from 'web-tree-sitter';
import { callsOf } from './calls.js';
import { importsOf } from './imports.js';
import { occurrencesOf } from './occurrences.js';
import { refuseAt, type Source } from './source.js';

/** A call that makes connections in a way that is known and not changed: why, and what a person writes. */
export interface Maker {
  readonly message: string;
  readonly fix: string;
  /** The method on what the call gives that takes the settings. */
  readonly method?: RegExp;
}

const PARTIAL: ReadonlyMap<string, 'partial'> = new Map([['functools.partial', 'partial']]);

/** Refuses with the true cause where a file has no call that is changed, but one that is known for another way. */
export function refuseMaker(
  source: Source,
  makers: ReadonlyMap<string, Maker>,
  changed: ReadonlyMap<string, unknown>,
  keywords: string,
): void {
  const imports = importsOf(source);
  const [maker] = callsOf(source, imports, makers);
  if (maker !== undefined) refuseAs(source, settingCall(source, maker.node, maker.kind.method), maker.kind);
  const partial = callsOf(source, imports, PARTIAL).find(
    ({
      args: {
        positional: [made],
      },
    }) => {
      return made !== undefined && imports.originsOf(made).some((origin) => changed.has(origin));
    },
  );
  if (partial === undefined) return;
  const called = partial.args.positional[0]?.text ?? '';
  refuseAs(source, partial.node, {
    message: `functools.partial prepares ${called}(...), and whoever calls the result may give arguments of its own`,
    fix: `Write ${keywords} as arguments of this partial(...) by hand, or call ${called}(...) itself`,
  });
}

function refuseAs(source: Source, at: Node, { message, fix }: Maker): never {
  return refuseAt(source, at, { kind: 'unsupported', message, fix });
}

/** The first call of a method of that name, else what makes the object. */
function settingCall(source: Source, call: Node, method: RegExp | undefined): Node {
  const names = method === undefined ? [] : (source.text.match(method) ?? []).slice(0, 1);
  const uses = names.flatMap((name) => occurrencesOf(source, name));
  const calls = uses.flatMap(({ parent }) => (parent?.parent?.type === 'call' ? [parent.parent] : []));
  return calls[0] ?? call;
}
