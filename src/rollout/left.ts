import type { Call } from '../remote/remote.js';
import { type Draft, shaOf } from './draft.js';
import type { Progress } from './progress.js';

const NOT_PUT_BACK: readonly (string | null)[] = ['stuck', 'unwell', 'died'];

/** Asks for the state of each file and service, where a run leaves them in one that a person has to mend. */
export function leftCalls(drafts: readonly Draft[], { outcome }: Progress): readonly Call[] {
  if (!NOT_PUT_BACK.includes(outcome)) return [];
  const services = drafts.flatMap(({ activation }) => activation.left);
  const once = new Map(services.map((call) => [JSON.stringify(call), call]));
  return [...fileCalls(drafts), ...once.values()];
}

/** Before all of the run, and after all of it. */
function fileCalls(drafts: readonly Draft[]): readonly Call[] {
  const files = drafts.flatMap((draft) => draft.files);
  return [...new Set(files.map(({ path }) => path))].map((path) => {
    const own = files.filter((file) => file.path === path);
    return { verb: 'at_left_file', args: [path, shaOf(own[0]?.before ?? null), shaOf(own.at(-1)?.after ?? null)] };
  });
}

/** What is listed: everything of the run, with its state where somebody could ask. */
export function sayLeft(files: readonly string[], services: readonly string[], { left }: Progress): readonly string[] {
  const said = (kind: 'file' | 'service', what: string) => {
    const state = left.find((each) => each.kind === kind && each.what === what)?.state;
    return `${kind} ${what}: ${state ?? 'not known: nothing there tells'}`;
  };
  return [...files.map((file) => said('file', file)), ...services.map((service) => said('service', service))];
}
