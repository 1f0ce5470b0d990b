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
