import { z } from 'zod';
import { configSchema } from './schema.js';

/** The JSON Schema of `action-tune.yaml` as it is written, for editors. Generated from what validates it. */
export function configJsonSchema(): object {
  return {
    title: 'action-tune.yaml',
    ...z.toJSONSchema(configSchema, { io: 'input' }),
    patternProperties: { '^x-': {} },
  };
}
