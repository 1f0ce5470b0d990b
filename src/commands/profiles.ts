import { parseByHand } from '../config/settings.js';
import { EXIT } from '../errors.js';
import { listProfiles, loadProfile } from '../profile/load.js';
import type { Outcome } from '../view/output.js';
import { renderProfile } from '../view/profile-text.js';
import type { Edges } from './edges.js';

/** The shipped profiles, or one of any kind with every value resolved. */
export async function profilesCommand(
  name: string | undefined,
  set: readonly string[],
  edges: Edges,
): Promise<Outcome> {
  const access = { ...edges.files, shippedDir: edges.assets.profilesDir };
  if (name !== undefined) {
    const profile = await loadProfile(name, access, parseByHand(set).profile);
    return { exit: EXIT.done, document: { schema: 1, profile }, text: (paint) => renderProfile(profile, paint) };
  }
  const profiles = await Promise.all((await listProfiles(access)).map((known) => loadProfile(known, access)));
  return {
    exit: EXIT.done,
    document: {
      schema: 1,
      profiles: profiles.map(({ name, description, users, server }) => ({ name, description, users, server })),
    },
    text: (paint) =>
      profiles.map((profile) => `${paint.strong(profile.name.padEnd(20))} ${profile.description ?? ''}`).join('\n'),
  };
}
