import { type ServiceNames, startsService } from '../edit/compose/compose.js';
import { decodeUtf8 } from '../edit/splice.js';
import type { StageName } from '../settings.js';
import type { TargetFacts, TargetFile } from '../target/facts.js';
import { composeFiles } from '../target/files.js';
import type { TargetSpec } from '../target/spec.js';

/** Of the compose files that override each other, the last one that says how a stage's service is started; else the one that was named. */
export function composeFileOf(
  stage: StageName,
  facts: TargetFacts,
  { services }: Pick<TargetSpec, 'services'>,
): TargetFile | undefined {
  const service: keyof ServiceNames = stage === 'celery-workers' ? 'celery' : 'backend';
  const saying = composeFiles(facts).findLast((file) => startsHere(file, service, services[service]));
  return saying ?? facts.files.get('compose');
}

function startsHere({ content }: TargetFile, service: keyof ServiceNames, name: string | null): boolean {
  if (content === null) return false;
  const text = decodeUtf8(content);
  return text.ok && startsService(text.value, service, name);
}
