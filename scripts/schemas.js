// Writes the published JSON Schemas from what validates the documents. A test fails where they differ.
import { mkdir, writeFile } from 'node:fs/promises';
import { configJsonSchema } from '../dist/config/json-schema.js';
import { planJsonSchema } from '../dist/plan/document.js';
import { profileJsonSchema } from '../dist/profile/json-schema.js';

const folder = new URL('../schemas/', import.meta.url);
const schemas = { config: configJsonSchema(), plan: planJsonSchema(), profile: profileJsonSchema() };
await mkdir(folder, { recursive: true });
for (const [name, schema] of Object.entries(schemas)) {
  await writeFile(new URL(`${name}.schema.json`, folder), `${JSON.stringify(schema, null, 2)}\n`);
}
