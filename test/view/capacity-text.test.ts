import { expect, it } from 'vitest';
import { outlookOf } from '../../src/plan/outlook.js';
import { recommend } from '../../src/size/recommend.js';
import { renderOutlook } from '../../src/view/capacity-text.js';
import { PLAIN } from '../../src/view/output.js';
import { limitOf, shipped } from '../size/profiles.js';

const department = shipped('department-20-50');

function growth(limit: number) {
  const sizing = recommend({ profile: department, facts: { database: limitOf(limit) }, overrides: {} });
  const outlook = outlookOf(department, department.server, {}, sizing);
  return renderOutlook(outlook, PLAIN)
    .split('\n')
    .filter((line) => line.startsWith('  growth'));
}

it('says what growing takes of the database where its limit would not do', () => {
  const [bigger, more] = growth(100);
  expect(bigger).toContain(', with a limit of 133 connections (100 now), or with no more than 12 for each process');
  expect(more).toContain(', with a limit of 168 connections (100 now), or with no more than 9 for each process');
  expect(growth(24).join()).not.toContain('or with no more than');
  expect(growth(500).join()).not.toContain('with a limit');
});
