import { SERVICE_ROLES } from '../settings.js';
import { siblingLabel } from './expectations.js';

/** One thing that should hold of a service, and what was found. */
export interface ServiceCheck {
  /** The role of one of the two services, or what `siblingLabel` makes of another one's name. */
  readonly service: string;
  /** A setting by its key, or what else was looked at. */
  readonly name: string;
  /** `null`: it could not be told. */
  readonly ok: boolean | null;
  readonly expected: string;
  readonly found: string;
}

const VERDICTS: Readonly<Record<string, boolean | null>> = { true: true, false: false, unknown: null };

const TITLE = new RegExp(`^(${[...SERVICE_ROLES, siblingLabel('\\S+')].join('|')}) (.*)$`, 's');

/** What `at_check_services` answers. A line that is no check is passed over: services may print warnings. */
export function parseChecks(answer: string): readonly ServiceCheck[] {
  return answer
    .split('\n')
    .map((line) => line.split('\t'))
    .flatMap(([key, , title = '', verdict = '', expected = '', found = '']) => {
      const [, service, name] = TITLE.exec(title) ?? [];
      const ok = VERDICTS[verdict];
      if (key !== 'check' || service === undefined || name === undefined || ok === undefined) return [];
      return [{ service, name, ok, expected, found }];
    });
}
