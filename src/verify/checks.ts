import { SERVICE_ROLES, type ServiceRole } from '../settings.js';

/** One thing that should hold of a service, and what was found. */
export interface ServiceCheck {
  readonly service: ServiceRole;
  /** A setting by its key, or what else was looked at. */
  readonly name: string;
  /** `null`: it could not be told. */
  readonly ok: boolean | null;
  readonly expected: string;
  readonly found: string;
}

const VERDICTS: Readonly<Record<string, boolean | null>> = { true: true, false: false, unknown: null };

/** What `at_check_services` answers. A line that is no check is passed over: services may print warnings. */
export function parseChecks(answer: string): readonly ServiceCheck[] {
  return answer
    .split('\n')
    .map((line) => line.split('\t'))
    .flatMap(([key, , title = '', verdict = '', expected = '', found = '']) => {
      const service = SERVICE_ROLES.find((role) => title.startsWith(`${role} `));
      const ok = VERDICTS[verdict];
      if (key !== 'check' || service === undefined || ok === undefined) return [];
      return [{ service, name: title.slice(service.length + 1), ok, expected, found }];
    });
}
