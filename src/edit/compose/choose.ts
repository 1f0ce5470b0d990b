import { inside, Refused, refuse } from '../command/refused.js';
import { byHand, type Role } from '../command/role.js';
import type { Site } from '../command/site.js';
import { Budget } from '../start/budget.js';
import type { StartCode } from '../start/code.js';
import type { Reach } from '../start/follow.js';
import { siteIn, startedBy, summaryOf, unseenStart } from './command.js';
import { extendedSiteIn, refuseExtendedShare, startElsewhere, withEntrypoint } from './extendedsite.js';
import { imageSiteIn } from './imagesite.js';
import type { Service } from './service.js';

/** A site, and the service it stands in. */
export interface Chosen {
  readonly service: Service;
  readonly site: Site;
}

/** One role, the service that is named for it, and who reads the code that it starts. */
export interface Asked {
  readonly role: Role;
  readonly name: string | undefined;
  /** Which of several is read where none is named. */
  readonly usual?: string | undefined;
  readonly code: StartCode | undefined;
}

/** What a file says about one role: the site, why there is none that can be used, or nothing at all. */
export type Choice = Chosen | Refused | undefined;

/** Finds the service of a role: the named one, or the only one whose command fits; else that of the usual name, if it may be. */
export function choose(text: string, services: readonly Service[], asked: Asked, usual?: string): Choice {
  const reach = { code: asked.code, budget: new Budget() };
  const choice = chooseWithin(text, services, asked, reach, usual);
  return reach.budget.exceeded ?? choice;
}

function chooseWithin(
  text: string,
  services: readonly Service[],
  { role, name }: Asked,
  reach: Reach,
  usual?: string,
): Choice {
  if (name !== undefined) return attempt(() => named(text, services, role, { name, reach }));
  const choices = services.map((service) => choiceOf(text, service, role, reach));
  const fitting = choices.filter((choice) => choice !== undefined && !(choice instanceof Refused)) as Chosen[];
  const known = fitting.find(({ service }) => service.name === usual);
  if (fitting.length > 1 && known !== undefined) return known;
  if (fitting.length > 1) return attempt(() => refuseSeveral(fitting, role));
  const [only] = fitting;
  if (only === undefined) return choices.find((choice) => choice instanceof Refused);
  return attempt(() => unshared(text, only, services));
}

function attempt(work: () => Chosen | undefined): Choice {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/** What one service has to do with a role. */
export function choiceOf(text: string, service: Service, role: Role, reach: Reach): Choice {
  return attempt(() => chosen(text, service, role, reach));
}

function chosen(text: string, service: Service, role: Role, reach: Reach): Chosen | undefined {
  if (reach.budget.exceeded !== undefined) throw reach.budget.exceeded;
  const elsewhere = startElsewhere(text, service, role);
  if (elsewhere !== undefined) {
    const there = extendedSiteIn(elsewhere, service, role, reach);
    return there === undefined ? undefined : { service, site: there };
  }
  const own = siteIn(text, withEntrypoint(text, service), role, reach);
  const site = own ?? (service.command === undefined ? imageSiteIn(text, service, role, reach) : undefined);
  return site === undefined ? undefined : { service, site };
}

function named(
  text: string,
  services: readonly Service[],
  role: Role,
  { name, reach }: { readonly name: string; readonly reach: Reach },
): Chosen {
  const service = services.find((one) => one.name === name);
  if (service === undefined) refuseUnknown(services, name);
  const found = chosen(text, service, role, reach) ?? refuseOther(text, service, role);
  unshared(text, found, services);
  for (const other of services) if (other !== service) refuseSameStart(text, found, other, reach);
  return found;
}

function unshared(text: string, found: Chosen, services: readonly Service[]): Chosen {
  refuseExtendedShare(text, found.service, found.site, services);
  return found;
}

/** Two services that start one file in the same way would both change with it. */
function refuseSameStart(text: string, { service, site }: Chosen, other: Service, reach: Reach): void {
  const { file, command } = site;
  if (file === undefined || startedBy(text, service) !== startedBy(text, other)) return;
  const same = choiceOf(text, other, site.role, reach);
  if (same === undefined || same instanceof Refused || same.site.file?.path !== file.path) return;
  const at = command.words[0]?.start ?? 0;
  inside(file.path, file.text, () =>
    refuse({
      kind: 'unsafe',
      message: `Services ${service.name} and ${other.name} both start this, and both would change`,
      at,
      found: command.words[0]?.text ?? '',
      fix: `Give service ${service.name} a \`command\` of its own`,
    }),
  );
}

/** The refusal for a role that no service of the file has to do with. */
export function refuseAbsent(text: string, services: readonly Service[], role: Role): never {
  const hidden = services.filter((service) => unseenStart(text, service)?.path === null);
  for (const service of hidden) refuseUnseen(text, service, role, hidden);
  refuse({
    kind: 'unsupported',
    message: `No service of the file starts ${role.label} in its \`command\``,
    at: services[0]?.at ?? 0,
    found: services.map((service) => `${service.name}: ${summaryOf(text, service)}`).join('; '),
    fix: remedy(role),
  });
}

function refuseOther(text: string, service: Service, role: Role): never {
  refuseUnseen(text, service, role);
  const origin = service.extended ? ' in this file, and takes it from the service it extends' : '';
  const message =
    service.command === undefined
      ? `Service ${service.name} has no \`command\`${origin || ', so the one of its image runs'}`
      : `Service ${service.name} does not start ${role.label}`;
  const found = summaryOf(text, service);
  refuse({ kind: 'unsupported', message, at: service.command?.at ?? service.at, found, fix: remedy(role) });
}

/** A service that starts a file: what is in there is not known, or not of the role. */
function refuseUnseen(text: string, service: Service, role: Role, all: readonly Service[] = []): void {
  const unseen = unseenStart(text, service);
  if (unseen === undefined) return;
  const { word, path, image } = unseen;
  const where =
    path === null ? 'which is not among the files here' : `where ${role.label} is not started in a way that is known`;
  const refuseHere = () =>
    refuse({
      kind: 'unsupported',
      message: `Service ${service.name} starts ${path ?? word.text}, ${where}`,
      at: word.start,
      found: word.text,
      ...(all.length > 1 ? { candidates: all.map(({ name, at }) => ({ name, at })) } : {}),
      fix: `Write \`${byHand(role)}\` behind ${role.label}'s command in that file by hand, or ${lowered(remedy(role))}`,
    });
  if (image === undefined) refuseHere();
  else inside(image.path, image.text, refuseHere);
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function remedy({ launchers: [launcher] }: Role): string {
  const options = launcher?.settings.map((option) => option.names[option.names.length - 1]).join(' and ');
  return `Write the whole command of ${launcher?.program}, with ${options}, as \`command:\` of the service`;
}

function refuseUnknown(services: readonly Service[], name: string): never {
  refuse({
    kind: 'unsupported',
    message: `The file has no service ${name}`,
    at: services[0]?.at ?? 0,
    found: services.map((service) => service.name).join(', '),
    fix: 'Name one of the services of the file',
  });
}

function refuseSeveral(fitting: readonly Chosen[], role: Role): never {
  refuse({
    kind: 'unsupported',
    message: `Several services start ${role.label}`,
    at: fitting[0]?.service.at ?? 0,
    found: fitting.map(({ service }) => service.name).join(', '),
    candidates: fitting.map(({ service }) => ({ name: service.name, at: service.at })),
    fix: `Say which one is meant with --service ${role.name}=NAME, or under \`services\` in action-tune.yaml`,
  });
}
