import { answer } from '../command/refused.js';
import { composeDocument } from './document.js';
import { servicesOf } from './services.js';

/** Whether a compose file says how the image of a service is built. A file that can't be read says nothing. */
export function buildsImage(text: string, service: string): boolean {
  const found = answer(text, () => servicesOf(text, composeDocument(text)).find(({ name }) => name === service));
  return found.ok && found.value?.built === true;
}
