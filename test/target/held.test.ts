import { describe, expect, it } from 'vitest';
import type { Held } from '../../src/target/database.js';
import { toldApart } from '../../src/target/held.js';
import { parseFacts } from '../../src/target/parse.js';
import { databaseOf } from '../../src/target/told.js';
import { behind, measuredOf } from '../size/database.js';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const CLIENTS = { all: 60, role: 50, database: 55, both: 48 };

interface Asked {
  readonly own: number | null;
  readonly state?: string;
  readonly containers?: number;
}

function rows(role: string, { own, state = 'running', containers }: Asked, bounds: readonly (number | null)[]) {
  const held = b64(JSON.stringify({ bounds, clients: CLIENTS, own }));
  return [
    `service\t${role}\tsystemd\t${b64(role)}\t${state}\t${b64('-')}`,
    ...(containers === undefined ? [] : [`container\t${role}\t${b64(`id=1\nreplicas=${containers}`)}`]),
    ...(state === 'running'
      ? [`program\t${role}\tkind\tuvicorn`, `program\t${role}\tdatabase\t100\t3\t12`, `program\t${role}\theld\t${held}`]
      : []),
  ];
}

const told = (backend: Asked, celery: Asked, bounds: readonly (number | null)[] = [null, null]) =>
  databaseOf(parseFacts([...rows('backend', backend, bounds), ...rows('celery', celery, bounds)].join('\n')));

describe('connections that look like the application', () => {
  it('are its own as far as its processes hold them; what is left is of others', () => {
    expect(told({ own: 10 }, { own: 6 })?.inUse).toBe(60 - 16);
    expect(told({ own: 40 }, { own: 20 })?.inUse).toBe(60 - 48);
    expect(told({ own: 10 }, { own: 6, state: 'stopped' })?.inUse).toBe(60 - 10);
    expect([told({ own: 10 }, { own: 6 })?.alike, told({ own: 40 }, { own: 20 })?.alike]).toEqual([48 - 16, 0]);
  });

  it.each([
    ['can not be looked into', { own: null }],
    ['has several containers, of which one was asked', { own: 6, containers: 2 }],
  ])('are all taken for its own where a service %s', (_, celery) => {
    expect(told({ own: 10 }, celery)).toMatchObject({ inUse: 60 - 48, toldApart: false });
    expect(told({ own: 10 }, { own: 6 })).toMatchObject({ toldApart: true });
  });

  it('count against what the role and the database are bound to, each by its own clients', () => {
    expect(told({ own: 10 }, { own: 6 }, [70, 80])?.bounds).toEqual([
      { by: 'role', limit: 70, inUse: 50 - 16 },
      { by: 'database', limit: 80, inUse: 55 - 16 },
    ]);
    expect(told({ own: 10 }, { own: 6 }, [null, 80])?.bounds).toMatchObject([{ by: 'database' }]);
    expect(told({ own: 10 }, { own: 6 })?.bounds).toEqual([]);
  });

  it('are told apart by the pooler where one stands between: the server sees only what that has opened', () => {
    const running = [...parseFacts(rows('backend', { own: 10 }, [null, null]).join('\n')).services.values()];
    const held: Held = { roleLimit: null, databaseLimit: null, clients: CLIENTS, own: 10 };
    const at = (shared: number) => toldApart({ ...measuredOf(behind({ shared })), held }, running);
    expect(at(26)).toMatchObject({ inUse: 60 - 48, server: { pooler: { limits: { alike: 15, others: 7 } } } });
    expect(at(4)?.server?.pooler?.limits).toMatchObject({ alike: 0 });
    expect(at(26)?.server?.pooler?.limits).not.toHaveProperty('shared');
  });
});
