import { writeFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { readWorkerConfig } from '../../src/config/worker.ts';
import { everyFormOf } from '../cloudflare/errors.ts';
import { createFile, minimal, problemsOf, token } from './environments.ts';

describe('the API token', () => {
  const { signal } = new AbortController();

  test('comes from its variable, without whitespace around it', async () => {
    const { cloudflare } = readWorkerConfig({ CLOUDFLARE_API_TOKEN: ` ${token}\n` });
    expect(await cloudflare.readToken(signal)).toBe(token);
  });

  test('comes from its file, without the line break at the end', async () => {
    const file = await createFile('token', `${token}\n`);
    const { cloudflare } = readWorkerConfig({ CLOUDFLARE_API_TOKEN_FILE: file });
    expect(await cloudflare.readToken(signal)).toBe(token);
  });

  test('is read from its file again each time, so that it can be rotated', async () => {
    const file = await createFile('token', `${token}\r\n`);
    const { cloudflare } = readWorkerConfig({ CLOUDFLARE_API_TOKEN_FILE: file });
    expect(await cloudflare.readToken(signal)).toBe(token);
    await writeFile(file, 'rotated\n');
    expect(await cloudflare.readToken(signal)).toBe('rotated');
  });

  test('is not read from its file for a call that has ended', async () => {
    const file = await createFile('token', token);
    const { cloudflare } = readWorkerConfig({ CLOUDFLARE_API_TOKEN_FILE: file });
    await expect(cloudflare.readToken(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('must be there', () => {
    expect(problemsOf({})).toEqual([
      'CLOUDFLARE_API_TOKEN: not set; put an API token there, or the path of a file that holds one in CLOUDFLARE_API_TOKEN_FILE',
    ]);
  });

  test.each(['', ' \n'])('must be more than %j', (text) => {
    expect(problemsOf({ CLOUDFLARE_API_TOKEN: text })).toEqual([
      expect.stringMatching(/^CLOUDFLARE_API_TOKEN: not set/u),
    ]);
  });

  test('must come from one place alone', async () => {
    const file = await createFile('token', token);
    expect(problemsOf({ ...minimal, CLOUDFLARE_API_TOKEN_FILE: file })).toEqual([
      'CLOUDFLARE_API_TOKEN, CLOUDFLARE_API_TOKEN_FILE: set one of them, not both',
    ]);
  });

  test.each([
    ['a space', `${token} ${token}`],
    ['a line break', `${token}\n${token}`],
    ['a control character', `${token}\u0007`],
    ['a character that is not ASCII', `${token}é`],
  ])('must not hold %s, and is not repeated when it does', async (_, text) => {
    const inFile = { CLOUDFLARE_API_TOKEN_FILE: await createFile('token', text) };
    for (const environment of [{ CLOUDFLARE_API_TOKEN: text }, inFile]) {
      expect(problemsOf(environment)).toEqual([
        `${Object.keys(environment).join('')}: the token holds whitespace or characters that are not ASCII; copy it again`,
      ]);
    }
  });

  test('must be in its file', async () => {
    const file = await createFile('token', '\n');
    expect(problemsOf({ CLOUDFLARE_API_TOKEN_FILE: file })).toEqual(['CLOUDFLARE_API_TOKEN_FILE: the token is empty']);
  });

  test('must be in a file that is there', async () => {
    const missing = `${await createFile('token', token)}-of-another-name`;
    const problems = problemsOf({ CLOUDFLARE_API_TOKEN_FILE: missing });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^CLOUDFLARE_API_TOKEN_FILE: ENOENT/u);
    expect(problems[0]).toContain(missing);
  });

  test('is not in the configuration that a debugger or a log may show', () => {
    expect(everyFormOf(readWorkerConfig(minimal))).not.toContain(token);
  });
});
