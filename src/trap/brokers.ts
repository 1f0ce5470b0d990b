import { answer } from '../edit/command/refused.js';
import { composeDocument } from '../edit/compose/document.js';
import { type RedisService, redisServices, redisVariables } from '../edit/compose/stores.js';
import { positionAt } from '../edit/splice.js';
import { ALONE, type Surroundings } from '../edit/types.js';
import type { BrokerFacts, SourceText } from './trap.js';

/** Every Redis of a compose file, and which of them the service of celery is told of. */
export function composeBrokers(
  file: SourceText,
  celery: string,
  around: Surroundings = { ...ALONE, path: file.path },
): readonly BrokerFacts[] {
  const found = answer(file.text, () => {
    const document = composeDocument(file.text);
    const told = redisVariables(file.text, document, celery, around);
    const named = told.filter(({ name }) => /BROKER/i.test(name));
    const hosts = (named.length > 0 ? named : told).map(({ host }) => host);
    return redisServices(file.text, document).map((service) => ({
      ...brokerOf(service),
      told: hosts.length === 0 ? null : service.names.some((name) => hosts.includes(name)),
      exact: named.length > 0,
      path: file.path,
      line: positionAt(file.text, service.at).line,
    }));
  });
  return found.ok ? found.value : [];
}

function brokerOf({ names, words }: RedisService): Pick<BrokerFacts, 'names' | 'policy' | 'bounded'> {
  const text = words.join(' ');
  const option = (name: string) => new RegExp(`(?:^|\\s)--${name}[=\\s]+["']?([\\w-]+)`).exec(text)?.[1];
  const memory = option('maxmemory');
  return {
    names,
    policy: option('maxmemory-policy') ?? 'noeviction',
    // Without a bound on its memory Redis never evicts anything.
    bounded: memory !== undefined && !/^0+(?:[kmg]b?)?$/i.test(memory),
  };
}
