import { expect, test } from 'vitest';
import { ADDING } from './adding-shapes.js';
import { CHANGING } from './changing-shapes.js';
import { FINDING } from './finding-shapes.js';
import { hasPython, judge } from './judge.js';
import { REDIS_SHAPES } from './redis-shapes.js';

/** Needs a newer Python than some machines have; its own test covers it. */
const NEW_SYNTAX = 'syntax of Python 3.12 elsewhere';
/** Here the value stands without its name, so the tree itself changes. */
const BY_POSITION = /by position$/;

const engines = [...ADDING, ...CHANGING, ...FINDING].filter(({ name }) => name !== NEW_SYNTAX);
const clients = REDIS_SHAPES.filter(({ name }) => !BY_POSITION.test(name));

test.skipIf(!hasPython)('Python reads every edited engine as wanted, and the rest of the file as before', () => {
  const verdicts = judge(engines).map((verdict, index) => ({ name: engines[index]?.name, ...verdict }));
  for (const verdict of verdicts) {
    expect(verdict).toMatchObject({
      same: true,
      found: {
        pool_size: expect.arrayContaining(['20']),
        max_overflow: ['30'],
        pool_timeout: ['30'],
        pool_pre_ping: ['True'],
        pool_recycle: ['3600'],
      },
    });
  }
});

test.skipIf(!hasPython)(
  'Python reads every edited client or pool as wanted, and the rest of the file as before',
  () => {
    const verdicts = judge(clients).map((verdict, index) => ({ name: clients[index]?.name, ...verdict }));
    for (const verdict of verdicts) {
      expect(verdict).toMatchObject({ same: true, found: { max_connections: expect.arrayContaining(['50']) } });
    }
  },
);
