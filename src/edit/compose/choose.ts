import { Refused, refuse } from '../command/refused.js';
import type { Role } from '../command/role.js';
import type { Site } from '../command/site.js';
import { siteIn, summaryOf } from './command.js';
import { imageSiteIn } from './imagesite.js';
import type { Service } from './services.js';

/** A site, and the service it stands in. */
export interface Chosen {
  readonly service: Service;
  readonly site: Site;
}

/** What a file says about one role: the site, why there is none that can be used, or nothing at all. */
export type Choice = Chosen | Refused | undefined;

/** Finds the service of a role: the named one, or the only one whose command fits. */
export function choose(text: string, services: readonly Service[], role: Role, name: string | undefined): Choice {
  if (name !== undefined) return attempt(() => named(text, services, role, name));
  const choices = services.map((service) => attempt(() => chosen(text, service, role)));
  const fitting = choices.filter((choice) => choice !== undefined && !(choice instanceof Refused)) as Chosen[];
  if (fitting.length > 1) return attempt(() => refuseSeveral(fitting, role));
  return fitting[0] ?? choices.find((choice) => choice instanceof Refused);
}

function attempt(work: () => Chosen | undefined): Choice {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

function chosen(text: string, service: Service, role: Role): Chosen | undefined {
  const site =
    siteIn(text, service, role) ?? (service.command === undefined ? imageSiteIn(text, service, role) : undefined);
  return site === undefined ? undefined : { service, site };
}

function named(text: string, services: readonly Service[], role: Role, name: string): Chosen {
  const service = services.find((one) => one.name === name);
  if (service === undefined) refuseUnknown(services, name);
  return chosen(text, service, role) ?? refuseOther(text, service, role);
}

/** The refusal for a role that no service of the file has to do with. */
export function refuseAbsent(text: string, services: readonly Service[], role: Role): never {
  refuse({
    kind: 'unsupported',
    message: `No service of the file starts ${role.label} in its \`command\``,
    at: services[0]?.at ?? 0,
    found: services.map((service) => `${service.name}: ${summaryOf(text, service)}`).join('; '),
    fix: remedy(role),
  });
}

function refuseOther(text: string, service: Service, role: Role): never {
  const origin = service.extended ? ' in this file, and takes it from the service it extends' : '';
  const message =
    service.command === undefined
      ? `Service ${service.name} has no \`command\`${origin || ', so the one of its image runs'}`
      : `Service ${service.name} does not start ${role.label}`;
  const found = summaryOf(text, service);
  refuse({ kind: 'unsupported', message, at: service.command?.at ?? service.at, found, fix: remedy(role) });
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
