/** `npm run docs`: writes the generated files in docs/, and .env.example. Run it when the contract, a variable or the trigger's operations change. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { buildJsonSchemas } from './json-schemas.ts';
import { fillConfigurationPage, writeEnvExample } from './configuration-docs.ts';
import { fillContractPage } from './contract-docs.ts';
import { buildOpenApi } from './openapi/openapi.ts';

const docs = new URL('../docs/', import.meta.url);

async function write(path: string, content: unknown): Promise<void> {
  await writeFile(new URL(path, docs), `${JSON.stringify(content, null, 2)}\n`);
}

async function fillPage(path: string, fill: (page: string) => string): Promise<void> {
  const page = new URL(path, docs);
  await writeFile(page, fill(await readFile(page, 'utf8')));
}

await mkdir(new URL('schemas/', docs), { recursive: true });
await write('openapi.json', buildOpenApi());
for (const [name, schema] of Object.entries(buildJsonSchemas())) await write(`schemas/${name}.schema.json`, schema);

await fillPage('configuration.md', fillConfigurationPage);
await fillPage('contract.md', fillContractPage);
await writeFile(new URL('../.env.example', import.meta.url), writeEnvExample());
