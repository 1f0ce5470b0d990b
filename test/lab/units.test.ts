import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Machine, onEachSuite } from './machine.js';
import { machineForSites, type Report, type Site, STAGES, site, UNITS } from './site.js';

const RUN_MS = 300_000;
const KNOWN = 'action-backend.service action-celery-worker.service';
const TRACES = `systemctl list-unit-files --no-legend 'action*'; systemctl list-units --all --no-legend --plain 'action*';
  pgrep -fa '[a]pp.main|[a]pp.celery_app'; ss -Hltn sport = :8001; true`;

onEachSuite('units for the first time', (suite) => {
  let server: Machine;
  let here: Site;
  let before: readonly string[];

  beforeAll(async () => {
    server = await machineForSites(suite);
    here = await site(server, 'bare', 'runtime: systemd');
    before = await here.everything();
  }, RUN_MS);
  afterAll(() => server?.remove());

  it('are made, enabled, started and verified', { timeout: RUN_MS }, async () => {
    const reports = await here.carry('apply', '--all');
    expect(reports.map(({ stage, outcome }: Report) => [stage, outcome])).toEqual(
      STAGES.map((name) => [name, 'applied']),
    );
    expect(await server.read(`systemctl is-enabled ${KNOWN} && systemctl is-active ${KNOWN}`)).toBe(
      'enabled\nenabled\nactive\nactive',
    );
    expect(await here.seen()).toMatchObject({ workers: 2, children: 2 });
    expect(await here.health()).toBe('200');
    expect((await here.ask('verify', '--check')).targets).toMatchObject([{ effective: true }]);
    for (const unit of Object.values(UNITS))
      expect(await here.content(`/etc/systemd/system/${unit}`)).toContain('[Install]');
  });

  it('are up again after a reboot', { timeout: RUN_MS }, async () => {
    await server.reboot();
    await server.read('lab-runtime wait');
    expect(await here.seen()).toMatchObject({ workers: 2, children: 2 });
    expect((await here.ask('verify', '--check')).targets).toMatchObject([{ effective: true }]);
  });

  it('are taken away by a rollback, which leaves nothing of them', { timeout: RUN_MS }, async () => {
    await here.carry('rollback', '--all');
    expect(await here.everything()).toEqual(before);
    expect(await server.read(TRACES)).toBe('');
  });
});
