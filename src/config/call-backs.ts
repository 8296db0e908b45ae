/** Where call-backs may be sent, and how they are signed. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import type { CallBackSettings } from '../activities/call-back.ts';
import { declareParsed, isSet, readVariable } from '../environment/variables.ts';
import type { Environment, VariableGroup } from '../environment/variables.ts';
import { parseOrigins, parseSecrets } from '../environment/webhook-secrets.ts';

const origins = declareParsed(
  {
    name: 'CALLBACK_ORIGINS',
    meaning: "Origins that an input's callbackUrl may have.",
    whenUnset: 'no call-backs are sent',
    accepts: 'https://host[:port],…; http on this machine only',
    example: 'https://itsm.example.com',
  },
  parseOrigins,
);

const secretsFile = declareParsed(
  {
    name: 'CALLBACK_SECRETS_FILE',
    meaning: 'The absolute path of a file with the secrets that call-backs are signed with, one a line.',
    whenUnset: 'no call-backs are sent',
    example: '/etc/cloudflare-sso-onboarding/callback-secrets',
  },
  (path) => {
    parseSecrets(readFileSync(path, 'utf8'));
    return path;
  },
);

export const callBackVariables: VariableGroup = { title: 'Call-backs', variables: [origins, secretsFile] };

/** `null`: none are sent. */
export function readCallBacks(environment: Environment, problems: string[]): CallBackSettings | null {
  const allowed = readVariable(environment, origins, problems);
  if (isSet(environment, origins) !== isSet(environment, secretsFile))
    problems.push(`${origins.name}, ${secretsFile.name}: call-backs need both`);
  const file = readVariable(environment, secretsFile, problems);
  if (allowed === null || file === null) return null;
  return { origins: allowed, readSecrets: async () => parseSecrets(await readFile(file, 'utf8')) };
}
