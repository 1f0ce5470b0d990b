import { extendsService, type ServiceNames, startsService } from '../edit/compose/compose.js';
import { decodeUtf8 } from '../edit/splice.js';
import type { StageName } from '../settings.js';
import type { TargetFacts, TargetFile } from '../target/facts.js';
import { composeFiles } from '../target/files.js';
import type { TargetSpec } from '../target/spec.js';

/**
 * Of the compose files that override each other, the last one that says how a stage's service is started; else the last one
 * whose named service extends another; else the one that was named.
 */
export function composeFileOf(
  stage: StageName,
  facts: TargetFacts,
  { services }: Pick<TargetSpec, 'services'>,
): TargetFile | undefined {
  const service: keyof ServiceNames = stage === 'celery-workers' ? 'celery' : 'backend';
  const name = services[service];
  const files = composeFiles(facts);
  const saying = files.findLast((file) => says(file, (text) => startsService(text, service, name)));
  const extending =
    name === null ? undefined : files.findLast((file) => says(file, (text) => extendsService(text, name)));
  return saying ?? extending ?? facts.files.get('compose');
}

function says({ content }: TargetFile, what: (text: string) => boolean): boolean {
  if (content === null) return false;
  const text = decodeUtf8(content);
  return text.ok && what(text.value);
}
