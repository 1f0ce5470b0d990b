import type { SettingValue } from '../../settings.js';
import { inside, refuse } from '../command/refused.js';
import type { Role } from '../command/role.js';
import type { Site } from '../command/site.js';
import { plainly } from '../spot.js';
import { type Reach, siteBehind } from '../start/follow.js';
import { shellValue } from '../start/shellvalue.js';
import type { PlacedEdit } from '../types.js';
import { addVariable } from './addvariable.js';
import { dockerfileOf } from './dockerfile.js';
import { behind, entryIn } from './environment.js';
import { groundOf } from './ground.js';
import { imageCommands } from './imagecommand.js';
import type { Service } from './service.js';

const VARIABLE = 'WEB_CONCURRENCY';

/**
 * What a service without a command has to do with a role: its image's own command, changed by the environment where
 * that is enough, else in the Dockerfile or the file that it starts.
 */
export function imageSiteIn(text: string, service: Service, role: Role, reach: Reach): Site | undefined {
  const { around } = service;
  const image = service.entrypoint === undefined ? dockerfileOf(service.layers()) : undefined;
  const commands = image === undefined ? undefined : imageCommands(image);
  if (image === undefined || commands === undefined) return undefined;
  reach.budget.spend(image);
  const environment = service.environment();
  const within = { ...environment, behind: shellValue(image, commands, environment) };
  const find = () =>
    siteBehind(commands, { role, environment: within, ground: groundOf(service.layers(), around), ...reach });
  const site = inside(image.path, image.text, find);
  if (site === undefined) return undefined;
  if (site.file !== undefined || !isOpen(site)) return { ...site, file: site.file ?? image };
  const value = {
    name: VARIABLE,
    edit: (wanted: SettingValue) => edit(text, service, plainly(wanted)),
  };
  return { ...site, variable: value };
}

/** Options of the command, what it reads besides, and stronger variables would make the variable void. */
function isOpen({ args, launcher, environment, beside }: Site): boolean {
  const [option] = launcher.settings;
  if (option === undefined || !option.variables.includes(VARIABLE)) return false;
  const fixed = args.options.some(({ name }) => option.names.includes(name) || launcher.configOptions.includes(name));
  const stronger = option.variables.some((name) => name !== VARIABLE && environment.variables.has(name));
  return !fixed && !stronger && (beside === undefined || beside.known === null);
}

function edit(text: string, service: Service, value: string): PlacedEdit {
  const { document, map, name, around } = service;
  const found = entryIn(service.layers(), (one) => one === VARIABLE);
  // What comes by `extends` may be another service's, too; its own beats it.
  if (found === undefined || found.layer.base !== undefined)
    return addVariable(text, document, map, { name: VARIABLE, value });
  const { entry, layer } = found;
  const spot = entry.value === null ? undefined : behind(layer.text, entry.value, layer.around);
  if (spot === undefined) {
    const own = layer.around.path;
    const work = () =>
      refuse({
        kind: 'unsafe',
        message: `What ${VARIABLE} is in service ${name} is only known where compose runs`,
        at: entry.at,
        found: VARIABLE,
        fix: `Write it as ${VARIABLE}: ${value}`,
      });
    return own === around.path ? work() : inside(own, layer.text, work);
  }
  const placed = { start: spot.start, end: spot.end, text: value };
  return spot.path === around.path ? placed : { ...placed, file: spot.path };
}
