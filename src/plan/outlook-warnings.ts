import type { Profile } from '../profile/profile.js';
import { formatDuration } from '../units.js';
import type { Outlook } from './outlook.js';
import type { Warning } from './plan.js';

/** What the model says that nobody should have to find in its figures. */
export function outlookWarnings(outlook: Outlook, profile: Profile, cores: number): readonly Warning[] {
  return [...outOfReach(outlook, profile, cores), ...falling(outlook)];
}

/** Some of the people of the profile, all of them, or even one person, can't be served well. */
function outOfReach({ after, objective, curve }: Outlook, profile: Profile, cores: number): readonly Warning[] {
  const { users, workload } = profile;
  const [, within] = after.users;
  if (within >= users.max) return [];
  const { otherCores } = workload;
  const p95Ms = curve.find((point) => point.users === users.max)?.responseMs.p95 ?? curve.at(-1)?.responseMs.p95 ?? 0;
  const seen = `with ${users.max} it takes ${formatDuration(Math.round(p95Ms))} until 95 of 100 responses are there`;
  const taken = otherCores >= cores;
  const why = taken ? `: workload.otherCores takes ${otherCores} cores, and there are ${cores}` : `; ${seen}`;
  return [
    {
      code: within === 0 ? 'objective-out-of-reach' : 'users-beyond-capacity',
      message: `by the model ${within === 0 ? 'nobody' : `no more than ${within} people`} can be served within ${objective.p95Ms} ms${within < users.min ? '' : ' at the same time'}, and the profile is for ${users.min} to ${users.max}${why}`,
      file: profile.file,
      fix: taken
        ? 'Give the service more cores, or correct workload.otherCores'
        : `Grow as the plan says under growth, or correct the profile's ${within < users.min ? '' : 'users.max, '}demands and objective; what gives way first is: ${after.bottleneck}`,
    },
  ];
}

/** Settings that fit may serve fewer people than those that are there. */
function falling({ before, after }: Outlook): readonly Warning[] {
  if (before === null || after.users[1] >= before.users[1]) return [];
  return [
    {
      code: 'capacity-falls',
      message: `by the model these settings serve up to ${after.users[1]} people well, and those that are there up to ${before.users[1]}; what gives way first is: ${after.bottleneck}`,
      fix: 'See under budget what keeps the settings down; a stage that is not wanted is left out with --stage, and a value is kept with --set',
    },
  ];
}
