import { z } from 'zod';
import { profileSchema } from './schema.js';

/** The JSON Schema of a profile as it is written, for editors. Generated from what validates it. */
export function profileJsonSchema(): object {
  return {
    title: 'action-tune profile',
    ...z.toJSONSchema(profileSchema, { io: 'input' }),
    patternProperties: { '^x-': {} },
  };
}
