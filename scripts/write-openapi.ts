/** `npm run openapi`: writes docs/openapi.json anew, after the trigger's operations or the contract have changed. */
import { writeFile } from 'node:fs/promises';

import { buildOpenApi } from '../src/trigger/openapi.ts';

await writeFile(new URL('../docs/openapi.json', import.meta.url), `${JSON.stringify(buildOpenApi(), null, 2)}\n`);
