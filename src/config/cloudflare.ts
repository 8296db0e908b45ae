/** How the worker reaches the Cloudflare API. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { z } from 'zod';

import type { ClientOptions } from '../cloudflare/client.ts';
import { declareNumber, declareParsed, isSet, readVariable } from '../environment/variables.ts';
import type { Environment, VariableGroup } from '../environment/variables.ts';
import { isLoopback } from '../environment/webhook-secrets.ts';

const defaultBaseUrl = 'https://api.cloudflare.com/client/v4';

const tokenFile = declareParsed(
  {
    name: 'CLOUDFLARE_API_TOKEN_FILE',
    meaning: 'The path of a file that holds the API token. It is read again before each request.',
    whenUnset: 'CLOUDFLARE_API_TOKEN has to be set',
    example: '/etc/cloudflare-sso-onboarding/api-token',
    usual: true,
  },
  (path) => {
    checkToken(readFileSync(path, 'utf8').trim());
    return path;
  },
);

const token = declareParsed(
  {
    name: 'CLOUDFLARE_API_TOKEN',
    meaning: 'The API token itself, instead of a file: set one of the two. docker-compose.yml takes the file only.',
    secret: true,
  },
  checkToken,
);

export const accountIdVariable = declareParsed(
  {
    name: 'CLOUDFLARE_ACCOUNT_ID',
    meaning: 'The account to use when a command names none.',
    readBy: ['starter'],
    whenUnset: 'commands need --account',
    accepts: '32 hexadecimal characters',
    example: '0123456789abcdef0123456789abcdef',
  },
  (text) => text,
);

const baseUrl = declareParsed(
  {
    name: 'CLOUDFLARE_BASE_URL',
    meaning: 'The address of the Cloudflare API.',
    default: defaultBaseUrl,
    accepts: 'an https URL; http on this machine only',
  },
  (text) => {
    if (!z.url({ protocol: /^https?$/u }).safeParse(text).success)
      throw new TypeError(`"${text}" is not an http(s) address such as ${defaultBaseUrl}`);
    const { protocol, hostname } = new URL(text);
    if (protocol === 'http:' && !isLoopback(hostname))
      throw new TypeError('plain http would send the API token unencrypted; use https');
    return text;
  },
);

const activitiesPerSecond = declareNumber({
  name: 'CLOUDFLARE_ACTIVITIES_PER_SECOND',
  meaning:
    'How many activities that call Cloudflare may start in a second, over all workers. Cloudflare allows a token 1,200 ' +
    'requests in 5 minutes, whatever uses it.',
  default: 3,
  most: 1000,
  unit: 'activities a second',
});

export const cloudflareVariables: VariableGroup = {
  title: 'Cloudflare',
  variables: [tokenFile, token, accountIdVariable, baseUrl, activitiesPerSecond],
};

export function readCloudflare(environment: Environment, problems: string[]) {
  return {
    baseUrl: readVariable(environment, baseUrl, problems),
    readToken: readTokenSource(environment, problems),
    activitiesPerSecond: readVariable(environment, activitiesPerSecond, problems),
  };
}

/** A token rotated in its file is used without a restart. */
function readTokenSource(environment: Environment, problems: string[]): ClientOptions['readToken'] {
  if (isSet(environment, token) && isSet(environment, tokenFile)) {
    problems.push(`${token.name}, ${tokenFile.name}: set one of them, not both`);
  } else if (isSet(environment, tokenFile)) {
    const path = readVariable(environment, tokenFile, problems);
    if (path !== null) return async (signal) => (await readFile(path, { encoding: 'utf8', signal })).trim();
  } else if (isSet(environment, token)) {
    const text = readVariable(environment, token, problems);
    if (text !== null) return async () => await Promise.resolve(text);
  } else {
    problems.push(
      `${token.name}: not set; put an API token there, or the path of a file that holds one in ${tokenFile.name}`,
    );
  }
  return rejectToken;
}

/** Reads the token where there is none. */
export async function rejectToken(): Promise<never> {
  return await Promise.reject(new Error('No API token is configured'));
}

/** A header cannot carry whitespace or control characters; the message must not repeat the token. */
function checkToken(text: string): string {
  if (text === '') throw new TypeError('the token is empty');
  if (!/^[\x21-\x7e]+$/u.test(text))
    throw new TypeError('the token holds whitespace or characters that are not ASCII; copy it again');
  return text;
}
