import { describe, expect, it } from 'vitest';
import type { TargetOptions } from '../../src/commands/options.js';
import { statusCommand } from '../../src/commands/status.js';
import { PLAIN } from '../../src/view/output.js';
import type { TargetStatus } from '../../src/view/status-text.js';
import { DATABASE, project, temporaryFolder } from '../e2e/support.js';
import { edgesOf, person } from '../support/scripted.js';

async function status(cwd: string, options: TargetOptions = {}) {
  const outcome = await statusCommand(options, await edgesOf(person(), cwd));
  const [target] = (outcome.document as { targets: readonly TargetStatus[] }).targets;
  return { exit: outcome.exit, text: outcome.text(PLAIN), target };
}

describe('status where nothing of the project is', () => {
  it('says so, and what to do; plan comes next, which names each file', async () => {
    const folder = await temporaryFolder();
    const { exit, text, target } = await status(folder, { profile: 'department-50-100' });
    expect(exit).toBe(0);
    expect(text).toContain(`none of the project's files was found in ${folder}. Run it in the project's folder`);
    expect(text).toContain('next: action-tune plan --profile department-50-100');
    expect(target?.warnings).toEqual([expect.objectContaining({ code: 'nothing-found' })]);
  });

  it('does not say so where one of the files is there', async () => {
    const folder = await temporaryFolder();
    const site = await project();
    const { text, target } = await status(folder, { file: { database: site.path(DATABASE) } });
    expect(target?.warnings).toEqual([]);
    expect(text).toContain('next: action-tune apply --next');
  });
});

describe('status of a project', () => {
  it('advises the next stage', async () => {
    const { target } = await status((await project()).root);
    expect([target?.warnings, target?.next]).toEqual([[], 'action-tune apply --next']);
  });

  it('sends to plan where none can be made', async () => {
    const { target } = await status((await project()).root, { runtime: 'custom' });
    expect([target?.warnings, target?.next]).toEqual([[], 'action-tune plan --runtime custom']);
  });
});
