/**
 * Every setting the tool may change, by the name that `--set` takes.
 * Units are those of the setting itself: `db.pool_timeout` and `db.pool_recycle` are seconds, as in SQLAlchemy.
 */
export const SETTING_KEYS = [
  'db.pool_size',
  'db.max_overflow',
  'db.pool_timeout',
  'db.pool_pre_ping',
  'db.pool_recycle',
  'redis.max_connections',
  'web.workers',
  'celery.pool',
  'celery.concurrency',
] as const;

export type SettingKey = (typeof SETTING_KEYS)[number];
export type SettingValue = number | boolean | string;

/** What a file says of a setting: its value, `null` where it does not set it, or why it can't be told. Never a guess. */
export type Known = SettingValue | null | { readonly unresolved: string };

/** What is wanted. A key that is absent is left alone. */
export type Wanted = Readonly<Partial<Record<SettingKey, SettingValue>>>;

/** What was found. A key that is absent does not belong to the file that was read. */
export type Found = Readonly<Partial<Record<SettingKey, Known>>>;

/** The stages, in the order in which they are rolled out. */
export const STAGES = ['db-pool', 'redis-pool', 'uvicorn-workers', 'celery-workers'] as const;
export type StageName = (typeof STAGES)[number];

/** The kinds of file the tool knows, by the names that `--file ROLE=PATH` takes. */
export const ROLES = ['database', 'redis', 'compose', 'backend-unit', 'celery-unit'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Every kind of file that a release may hold: those, the code and the environment files that values of theirs are
 * followed to, the files that only start something, and the socket unit that the tool makes for `handoff: socket`.
 */
export const FILE_ROLES = [...ROLES, 'settings', 'environment', 'start', 'backend-socket'] as const;
export type FileRole = (typeof FILE_ROLES)[number];

export const STAGE_SETTINGS: Readonly<Record<StageName, readonly SettingKey[]>> = {
  'db-pool': ['db.pool_size', 'db.max_overflow', 'db.pool_timeout', 'db.pool_pre_ping', 'db.pool_recycle'],
  'redis-pool': ['redis.max_connections'],
  'uvicorn-workers': ['web.workers'],
  'celery-workers': ['celery.pool', 'celery.concurrency'],
};

export const RUNTIMES = ['compose', 'systemd', 'custom', 'none'] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** The services of the stack that read the settings. */
export const SERVICE_ROLES = ['backend', 'celery'] as const;
export type ServiceRole = (typeof SERVICE_ROLES)[number];

/** Whose limit of database connections it is: the server's, a pooler's, that of the application's role, or that of its one database. */
export const BOUND_BY = ['server', 'pooler', 'role', 'database'] as const;
export type BoundBy = (typeof BOUND_BY)[number];
