import type { SettingKey } from '../settings.js';

/** Settings as the planner holds them: by the names that `--set` takes. */
export type Settings<T> = Readonly<Partial<Record<SettingKey, T>>>;

/** Settings as the documents show them. Units are those of the setting itself: timeouts and recycling in seconds. */
export interface SettingsTree<T> {
  readonly db: {
    readonly poolSize: T;
    readonly maxOverflow: T;
    readonly poolTimeout: T;
    readonly poolPrePing: T;
    readonly poolRecycle: T;
  };
  readonly redis: { readonly maxConnections: T };
  readonly web: { readonly workers: T };
  readonly celery: { readonly pool: T; readonly concurrency: T };
}

/** Settings in the shape of the documents; `absent` stands where a setting is not known at all. */
export function toTree<T>(settings: Settings<T>, absent: T): SettingsTree<T> {
  const value = (key: SettingKey): T => settings[key] ?? absent;
  return {
    db: {
      poolSize: value('db.pool_size'),
      maxOverflow: value('db.max_overflow'),
      poolTimeout: value('db.pool_timeout'),
      poolPrePing: value('db.pool_pre_ping'),
      poolRecycle: value('db.pool_recycle'),
    },
    redis: { maxConnections: value('redis.max_connections') },
    web: { workers: value('web.workers') },
    celery: { pool: value('celery.pool'), concurrency: value('celery.concurrency') },
  };
}

/** One setting of a tree. */
export function leafOf<T>({ db, redis, web, celery }: SettingsTree<T>, key: SettingKey): T {
  const leaves: Readonly<Record<SettingKey, T>> = {
    'db.pool_size': db.poolSize,
    'db.max_overflow': db.maxOverflow,
    'db.pool_timeout': db.poolTimeout,
    'db.pool_pre_ping': db.poolPrePing,
    'db.pool_recycle': db.poolRecycle,
    'redis.max_connections': redis.maxConnections,
    'web.workers': web.workers,
    'celery.pool': celery.pool,
    'celery.concurrency': celery.concurrency,
  };
  return leaves[key];
}
