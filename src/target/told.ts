import { SERVICE_ROLES } from '../settings.js';
import type { TargetFacts } from './facts.js';
import type { ServiceDatabase } from './services.js';

/** The versions that the services run with, where they could be asked; else those that lie about on the machine. */
export function versionsOf({
  versions,
  services,
}: Pick<TargetFacts, 'versions' | 'services'>): TargetFacts['versions'] {
  const { gunicorn: _, ...backend } = services.get('backend')?.program?.versions ?? {};
  const { gunicorn: __, ...worker } = services.get('celery')?.program?.versions ?? {};
  return { ...versions, ...worker, ...backend, ...(worker.celery === undefined ? {} : { celery: worker.celery }) };
}

/** What the database says, asked by whichever service could. */
export function databaseOf({ services }: Pick<TargetFacts, 'services'>): ServiceDatabase | null {
  const told = SERVICE_ROLES.map((role) => services.get(role)?.program?.database ?? null);
  return told.find((database) => database !== null) ?? null;
}
