/** `npm run docs`: writes the generated files in docs/. Run it when the contract or the trigger's operations change. */
import { mkdir, writeFile } from 'node:fs/promises';

import { buildJsonSchemas } from '../src/contract/schemas/json-schemas.ts';
import { buildOpenApi } from '../src/trigger/openapi.ts';

const docs = new URL('../docs/', import.meta.url);

async function write(path: string, content: unknown): Promise<void> {
  await writeFile(new URL(path, docs), `${JSON.stringify(content, null, 2)}\n`);
}

await mkdir(new URL('schemas/', docs), { recursive: true });
await write('openapi.json', buildOpenApi());
for (const [name, schema] of Object.entries(buildJsonSchemas())) await write(`schemas/${name}.schema.json`, schema);
