import type { SettingKey } from '../settings.js';
import type { Settings, SettingsTree } from './plan.js';

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
