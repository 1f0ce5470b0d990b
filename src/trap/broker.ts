import { hostsIn } from '../edit/compose/stores.js';
import { settingsIn } from './celery-settings.js';
import type { Code } from './code.js';
import type { BrokerFacts, Check } from './trap.js';

/** A key of the broker that is evicted is a task that is lost. */
export const brokerEvicts: Check = ({ brokers }, code) => {
  const meant = brokersIn(brokers, code);
  const evicting = meant.filter(({ policy, bounded }) => bounded && policy !== 'noeviction');
  const [broker] = evicting;
  // Which of several is meant does not matter where all do the same.
  if (broker === undefined || evicting.length < meant.length) return [];
  return [
    {
      code: 'broker-evicts',
      message: `Redis evicts keys when its memory is full (${broker.policy}): tasks would be lost without a trace`,
      ...(broker.path === undefined ? {} : { file: broker.path }),
      ...(broker.line === undefined ? {} : { line: broker.line }),
      fix: 'Set maxmemory-policy noeviction on the broker, and give caches a Redis of their own',
    },
  ];
};

/** Those that celery may use: what speaks of the broker comes before what only speaks of Redis. */
function brokersIn(brokers: readonly BrokerFacts[], code: Code): readonly BrokerFacts[] {
  if (brokers.some(({ exact }) => exact)) return brokers.filter(({ told }) => told);
  const hosts = settingsIn(code, ['broker', 'broker_url']).flatMap(({ value }) => hostsIn(value.text));
  const unnamed = brokers.filter(({ names }) => names.length === 0);
  if (hosts.length > 0)
    return [...unnamed, ...brokers.filter(({ names }) => names.some((name) => hosts.includes(name)))];
  return brokers.filter(({ told }) => told !== false);
}
