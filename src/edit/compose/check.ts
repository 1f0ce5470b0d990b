import { isDeepStrictEqual } from 'node:util';
import type { Wanted } from '../../settings.js';
import { inside, Refused, refuse } from '../command/refused.js';
import { checkSite, refuseResult } from '../command/unchanged.js';
import { applyPlacedEdits } from '../splice.js';
import type { StartCode } from '../start/code.js';
import type { PlacedEdit, Surroundings } from '../types.js';
import { type Chosen, choose } from './choose.js';
import { composeDocument, treeOf } from './document.js';
import { extendedRest } from './extendedrest.js';
import { type ComposeFile, isRecord, restOf } from './rest.js';
import type { Service } from './service.js';
import { servicesOf } from './services.js';
import { refuseSharedVariable } from './sharedvariable.js';

/**
 * Reads the result of an edit again: the wanted values are there, and no other part of the file's tree differs.
 * @throws {Refused} otherwise
 */
export function checkResult(
  file: ComposeFile,
  edits: readonly PlacedEdit[],
  chosen: readonly Chosen[],
  want: Wanted,
  code: StartCode | undefined,
): void {
  const { text, document, around } = file;
  const changed = applyPlacedEdits(text, edits, around);
  // To read 2,000 lines is most of the time that an edit takes.
  const result = changed.text === text ? document : trial(() => composeDocument(changed.text), chosen);
  const services = servicesOf(changed.text, result, changed.around);
  for (const { service, site } of chosen) {
    const after = choose(changed.text, services, { role: site.role, name: service.name, code });
    checkSite(site, after === undefined || after instanceof Refused ? undefined : after.site, want);
  }
  const rest = restOf(treeOf(document), chosen);
  if (result !== document && !sameTree(rest, restOf(treeOf(result), chosen))) refuseResult(chosen[0]?.service.at ?? 0);
  for (const edit of edits) {
    checkBase(edit, { around, after: changed.around }, chosen);
    checkOther(edit, { around, after: changed.around }, chosen);
    if (edit.file !== undefined) checkVariable(edit, file, chosen);
  }
}

function checkVariable(edit: PlacedEdit, { text, document, around }: ComposeFile, chosen: readonly Chosen[]) {
  const others = around.compose.filter((path) => path !== around.path).map((path) => around.textOf(path) ?? '');
  const documents = [document, ...others.map((one) => composeDocument(one))];
  const own = documents.map((one) => restOf(treeOf(one), chosen));
  const rest = [...own, ...extendedRest({ text, document, around }, chosen)].map((one) => JSON.stringify(one));
  inside(edit.file ?? around.path, around.textOf(edit.file ?? around.path) ?? '', () =>
    refuseSharedVariable(edit, around, rest.join('\n'), chosen[0]?.service.name ?? ''),
  );
}

/** A value in another file of the stack may be shared, too. */
function checkOther(
  { file, start, end }: PlacedEdit,
  { around, after }: { readonly around: Surroundings; readonly after: Surroundings },
  chosen: readonly Chosen[],
): void {
  const text = file === undefined || !around.compose.includes(file) ? null : around.textOf(file);
  if (file === undefined || text === null) return;
  const [old, changed] = [text, after.textOf(file) ?? ''].map((one) => restOf(treeOf(composeDocument(one)), chosen));
  if (sameTree(old, changed)) return;
  refuseOther(file, text, { start, end }, chosen[0]?.service.name ?? '');
}

function refuseOther(
  file: string,
  text: string,
  { start, end }: Pick<PlacedEdit, 'start' | 'end'>,
  name: string,
): never {
  return inside(file, text, () =>
    refuse({
      kind: 'unsafe',
      message: 'This value is shared with another part of the file, which would change, too',
      at: start,
      found: text.slice(start, end),
      fix: `Set it for service ${name} itself, under its \`environment\``,
    }),
  );
}

/** In a file that is only extended, the command of the one service may change, and nothing else. */
function checkBase(
  { file, start, end }: PlacedEdit,
  { around, after }: { readonly around: Surroundings; readonly after: Surroundings },
  chosen: readonly Chosen[],
): void {
  if (file === undefined || around.compose.includes(file)) return;
  const text = around.textOf(file) ?? '';
  const changing = chosen.flatMap(({ service, site }) => {
    const { file: own, extended, ...rest } = site;
    return own?.path === file && extended !== undefined
      ? [{ service: { ...service, name: extended }, site: rest }]
      : [];
  });
  const [named = chosen[0]] = chosen.filter(({ service }) => takesFrom(service, file));
  if (named === undefined || !takesFrom(named.service, file)) return;
  const [old, changed] = [text, after.textOf(file) ?? ''].map((one) => restOf(treeOf(composeDocument(one)), changing));
  if (!sameTree(old, changed)) refuseOther(file, text, { start, end }, named.service.name);
}

function takesFrom(service: Service, file: string): boolean {
  return service.layers().some(({ base, around }) => base !== undefined && around.path === file);
}

/** Places in the result mean nothing in the file as it stands. */
function trial<T>(work: () => T, chosen: readonly Chosen[]): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) refuseResult(chosen[0]?.service.at ?? 0);
    throw error;
  }
}

/** As `isDeepStrictEqual`, at a fraction of its cost for the plain trees that YAML makes. Anchors may lead into themselves. */
function sameTree(one: unknown, other: unknown, met = new Map<unknown, unknown>()): boolean {
  const isList = Array.isArray(one) && Array.isArray(other);
  if (!isList && !(isPlain(one) && isPlain(other))) return one === other || isDeepStrictEqual(one, other);
  if (met.get(one) === other) return true;
  met.set(one, other);
  const [mine, its] = [one, other] as readonly Record<string, unknown>[];
  const keys = Object.keys(one);
  if (mine === undefined || its === undefined || keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(its, key) && sameTree(mine[key], its[key], met));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && Object.getPrototypeOf(value) === Object.prototype;
}
