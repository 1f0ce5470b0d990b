import type { Document } from 'yaml';
import { inside, refuse } from '../command/refused.js';
import type { Role } from '../command/role.js';
import { type Site, siteOf } from '../command/site.js';
import { plainly } from '../spot.js';
import type { PlacedEdit, Surroundings } from '../types.js';
import { addVariable } from './addvariable.js';
import { type ImageCommand, imageCommandOf } from './dockerfile.js';
import { behind, entriesOf } from './environment.js';
import type { Service } from './services.js';

const VARIABLE = 'WEB_CONCURRENCY';

/** What a service without a command has to do with a role: its image's own command, which the environment can set. */
export function imageSiteIn(text: string, service: Service, role: Role): Site | undefined {
  const { document, map, around } = service;
  if (role.name !== 'backend' || service.entrypoint !== undefined) return undefined;
  const image = imageCommandOf(document, map, around);
  if (image === undefined) return undefined;
  const site = inside(image.path, image.text, () => siteOf(image.commands, role, service.environment()));
  if (site === undefined) return undefined;
  refuseStronger(site, image);
  return {
    ...site,
    variable: { name: VARIABLE, edit: (value) => edit(text, document, service, around, plainly(value)) },
  };
}

/** Options in the image's command, and stronger variables, would make this one void. */
function refuseStronger({ args, launcher, environment }: Site, image: ImageCommand): void {
  const [option] = launcher.settings;
  const fixed = args.options.find(({ name }) => option?.names.includes(name) || launcher.configOptions.includes(name));
  const stronger = option?.variables.find((name) => name !== VARIABLE && environment.variables.has(name));
  if (fixed === undefined && stronger === undefined) return;
  inside(image.path, image.text, () =>
    refuse({
      kind: 'unsafe',
      message: `The command of the image has ${fixed?.name ?? stronger}, which beats ${VARIABLE}`,
      at: fixed?.at ?? 0,
      found: fixed?.name ?? stronger ?? '',
      fix: 'Change it in the Dockerfile by hand, or write the whole command as `command:` of the service',
    }),
  );
}

function edit(
  text: string,
  document: Document.Parsed,
  { map, name }: Service,
  around: Surroundings,
  value: string,
): PlacedEdit {
  const entry = entriesOf(text, document, map, (one) => one === VARIABLE).at(-1);
  if (entry === undefined) return addVariable(text, document, map, { name: VARIABLE, value });
  const spot = entry.value === null ? undefined : behind(text, entry.value, around);
  if (spot === undefined) {
    return refuse({
      kind: 'unsafe',
      message: `What ${VARIABLE} is in service ${name} is only known where compose runs`,
      at: entry.at,
      fix: `Write it as ${VARIABLE}: ${value}`,
    });
  }
  const placed = { start: spot.start, end: spot.end, text: value };
  return spot.path === around.path ? placed : { ...placed, file: spot.path };
}
