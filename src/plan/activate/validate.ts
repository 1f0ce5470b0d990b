import type { Call } from '../../remote/remote.js';
import type { Chosen } from './activation.js';
import type { ActivationInput } from './situation.js';

/** Tries the new versions where they will run, while they lie beside the old ones. What is removed needs no trial. */
export function validationOf(
  chosen: readonly Chosen[],
  compose: readonly string[],
  { touched }: ActivationInput,
): readonly Call[] {
  const written = touched.filter(({ effect }) => effect !== 'removed');
  const pathsOf = (...roles: readonly string[]) =>
    written.filter(({ role }) => roles.includes(role)).map(({ path }) => path);
  const units = pathsOf('backend-unit', 'celery-unit', 'backend-socket');
  const fresh = chosen.filter(({ situation }) => situation.definition === 'created');
  return [
    ...pathsOf('database', 'redis').flatMap((path) =>
      chosen.map(({ situation }) => ({ verb: 'at_valid_python', args: [path, ...situation.ref] })),
    ),
    ...pathsOf('start').map((path) => ({ verb: 'at_valid_script', args: [path] })),
    ...(compose.length === 0 ? [] : pathsOf('compose')).map((path) => ({
      verb: 'at_valid_compose',
      args: [path, ...compose],
    })),
    ...(units.length === 0 ? [] : [{ verb: 'at_valid_units', args: units }]),
    ...fresh.map(({ situation: { role, name } }) => ({
      verb: 'at_no_old_way',
      args: [role, name, ...pathsOf(`${role}-unit`, `${role}-socket`)],
    })),
  ];
}
