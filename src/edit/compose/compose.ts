import type { Wanted } from '../../settings.js';
import { reading, siteReading } from '../command/reading.js';
import { answer, Refused } from '../command/refused.js';
import { CELERY, type Role, WEB } from '../command/role.js';
import { editSite } from '../command/siteedit.js';
import type { StartCode } from '../start/code.js';
import { ALONE, type Editor, type PlacedEdit, type Reading, type Surroundings } from '../types.js';
import { checkResult } from './check.js';
import { type Asked, type Choice, type Chosen, choose, refuseAbsent } from './choose.js';
import { composeDocument } from './document.js';
import type { Service } from './service.js';
import { servicesOf } from './services.js';

/** The names of the services, where the file leaves a choice. */
export interface ServiceNames {
  readonly backend?: string;
  readonly celery?: string;
}

/**
 * Reads and edits the start commands in a compose file: uvicorn's workers, celery's pool and concurrency.
 * A file may hold one of the two only. A role that stands there in a form that can't be edited reads as unresolved
 * while the other one can be read; where neither can, the file is refused. `usual`: which one is read where several could
 * be meant and none is named; nothing is changed then.
 */
export function composeEditor(services: ServiceNames = {}, code?: StartCode, usual: ServiceNames = {}): Editor {
  const asked = [
    { role: WEB, name: services.backend, usual: usual.backend, code },
    { role: CELERY, name: services.celery, usual: usual.celery, code },
  ];
  return {
    read: (text, around = ALONE) => answer(text, () => readFile(text, asked, around)),
    edit: (text, want, around = ALONE) => answer(text, () => editFile(text, asked, want, around)),
  };
}

function readFile(text: string, asked: readonly Asked[], around: Surroundings): Reading {
  const services = servicesOf(text, composeDocument(text), around);
  const choices = asked.map((one) => ({ role: one.role, choice: choose(text, services, one, one.usual) }));
  const usable = choices.some(({ choice }) => choice !== undefined && !(choice instanceof Refused));
  if (!usable)
    refuseAll(
      text,
      services,
      choices.map(({ choice }) => choice),
    );
  return joined(choices.map(({ role, choice }) => readingOf(text, role, choice, around)));
}

function refuseAll(text: string, services: readonly Service[], choices: readonly Choice[]): never {
  const reason = choices.find((choice) => choice instanceof Refused);
  if (reason !== undefined) throw reason;
  return refuseAbsent(text, services, WEB);
}

function readingOf(text: string, role: Role, choice: Choice, around: Surroundings): Reading {
  if (choice === undefined) return reading(text, []);
  if (!(choice instanceof Refused)) return siteReading(text, choice.site, around.path);
  const value = { unresolved: choice.refusal.message };
  const at = choice.refusal.at === undefined || choice.refusal.inside !== undefined ? {} : { at: choice.refusal.at };
  return reading(
    text,
    role.settings.map((setting) => ({ setting, value, ...at })),
  );
}

function joined(readings: readonly Reading[]): Reading {
  return {
    values: Object.assign({}, ...readings.map(({ values }) => values)),
    places: Object.assign({}, ...readings.map(({ places }) => places)),
  };
}

function editFile(text: string, asked: readonly Asked[], want: Wanted, around: Surroundings): readonly PlacedEdit[] {
  const document = composeDocument(text);
  const services = servicesOf(text, document, around);
  const wanted = asked
    .filter(({ role }) => role.settings.some((setting) => want[setting] !== undefined))
    .map((one) => ({ ...one, role: { ...one.role, want } }));
  const chosen = wanted.map((one) => usable(text, services, one.role, choose(text, services, one)));
  const edits = chosen.flatMap(({ site }) => editSite(site, want, around.path)).toSorted((a, b) => a.start - b.start);
  if (edits.length > 0) checkResult({ text, document, around }, edits, chosen, want, asked[0]?.code);
  return edits;
}

function usable(text: string, services: readonly Service[], role: Role, choice: Choice): Chosen {
  if (choice === undefined) return refuseAbsent(text, services, role);
  if (choice instanceof Refused) throw choice;
  return choice;
}

/** Whether a service may take its start over from another file. */
export function extendsService(text: string, name: string): boolean {
  const found = answer(text, () => servicesOf(text, composeDocument(text)));
  return found.ok && found.value.some((each) => each.extended && each.name === name);
}

/** What a service extends is not seen from its file alone. */
function alone(service: Service): Service {
  return { ...service, extended: false, layers: () => [] };
}

/** Whether a file says how a service is started: of several that override each other, the last one that does counts. */
export function startsService(text: string, service: keyof ServiceNames, name: string | null): boolean {
  const role = service === 'backend' ? WEB : CELERY;
  const document = answer(text, () => composeDocument(text));
  // What can't be read may say it: whoever edits it will be told why it can't.
  if (!document.ok) return true;
  const found = answer(text, () => {
    const services = servicesOf(text, document.value);
    if (name !== null) return services.some((each) => each.name === name && each.command !== undefined);
    const here = services.filter((each) => each.command !== undefined || !each.extended).map(alone);
    return choose(text, here, { role, name: undefined, code: undefined }) !== undefined;
  });
  return found.ok && found.value;
}
