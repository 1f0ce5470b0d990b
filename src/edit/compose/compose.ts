import type { Wanted } from '../../settings.js';
import { reading } from '../command/reading.js';
import { answer, Refused } from '../command/refused.js';
import { CELERY, type Role, WEB } from '../command/role.js';
import { editSite, readSite, type SiteValue } from '../command/site.js';
import { ALONE, type Editor, type PlacedEdit, type Reading, type Surroundings } from '../types.js';
import { checkResult } from './check.js';
import { type Choice, type Chosen, choose, refuseAbsent } from './choose.js';
import { composeDocument } from './document.js';
import { type Service, servicesOf } from './services.js';

/** The names of the services, where the file leaves a choice. */
export interface ServiceNames {
  readonly backend?: string;
  readonly celery?: string;
}

interface Asked {
  readonly role: Role;
  readonly name: string | undefined;
}

/**
 * Reads and edits the start commands in a compose file: uvicorn's workers, celery's pool and concurrency.
 * A file may hold one of the two only. A role that stands there in a form that can't be edited reads as unresolved
 * while the other one can be read; where neither can, the file is refused.
 */
export function composeEditor(services: ServiceNames = {}): Editor {
  const asked = [
    { role: WEB, name: services.backend },
    { role: CELERY, name: services.celery },
  ];
  return {
    read: (text, around = ALONE) => answer(text, () => readFile(text, asked, around)),
    edit: (text, want, around = ALONE) => answer(text, () => editFile(text, asked, want, around)),
  };
}

function readFile(text: string, asked: readonly Asked[], around: Surroundings): Reading {
  const services = servicesOf(text, composeDocument(text), around);
  const choices = asked.map(({ role, name }) => ({ role, choice: choose(text, services, role, name) }));
  const usable = choices.some(({ choice }) => choice !== undefined && !(choice instanceof Refused));
  if (!usable)
    refuseAll(
      text,
      services,
      choices.map(({ choice }) => choice),
    );
  return reading(
    text,
    choices.flatMap(({ role, choice }) => valuesOf(role, choice)),
  );
}

function refuseAll(text: string, services: readonly Service[], choices: readonly Choice[]): never {
  const reason = choices.find((choice) => choice instanceof Refused);
  if (reason !== undefined) throw reason;
  return refuseAbsent(text, services, WEB);
}

function valuesOf(role: Role, choice: Choice): readonly SiteValue[] {
  if (choice === undefined) return [];
  if (!(choice instanceof Refused)) return readSite(choice.site);
  const value = { unresolved: choice.refusal.message };
  const at = choice.refusal.at === undefined ? {} : { at: choice.refusal.at };
  return role.settings.map((setting) => ({ setting, value, ...at }));
}

function editFile(text: string, asked: readonly Asked[], want: Wanted, around: Surroundings): readonly PlacedEdit[] {
  const document = composeDocument(text);
  const services = servicesOf(text, document, around);
  const wanted = asked.filter(({ role }) => role.settings.some((setting) => want[setting] !== undefined));
  const chosen = wanted.map(({ role, name }) => usable(text, services, role, choose(text, services, role, name)));
  const edits = chosen.flatMap(({ site }) => editSite(site, want, around.path)).toSorted((a, b) => a.start - b.start);
  if (edits.length > 0) checkResult({ text, document, around }, edits, chosen, want);
  return edits;
}

function usable(text: string, services: readonly Service[], role: Role, choice: Choice): Chosen {
  if (choice === undefined) return refuseAbsent(text, services, role);
  if (choice instanceof Refused) throw choice;
  return choice;
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
    return choose(text, services, role, undefined) !== undefined;
  });
  return found.ok && found.value;
}
