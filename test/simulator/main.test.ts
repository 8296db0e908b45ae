import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';

const main = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));
const ready = z.strictObject({
  ready: z.literal(true),
  baseUrl: z.url(),
  controlUrl: z.url(),
  environment: z.strictObject({
    CLOUDFLARE_BASE_URL: z.url(),
    CLOUDFLARE_ACCOUNT_ID: z.string(),
    DNS_NAMESERVERS: z.string(),
    DNS_RESOLVERS: z.string(),
  }),
});

const children: ChildProcess[] = [];
const run = (args: string[]) => {
  const env = { ...process.env, CLOUDFLARE_API_TOKEN: 'token-of-this-test' };
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  children.push(child);
  return child;
};
const finish = async (args: string[]) => {
  const child = run(args);
  let [output, errors] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const closing: unknown[] = await once(child, 'close');
  return { code: closing[0], output, errors };
};
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test.each(['SIGTERM', 'SIGINT'] as const)('exits with code 0 on %s and frees its port', async (signal) => {
  const account = 'a'.repeat(32);
  const child = run(['--account', account, '--domain', 'demo.test', '--time-scale', '60', '--lag', '0,0,2']);
  const lines: unknown[] = await once(createInterface(child.stdout), 'line');
  const line = String(lines[0]);
  const { baseUrl, environment } = ready.parse(JSON.parse(line));
  expect(line).not.toContain('token-of-this-test');
  expect(environment).toMatchObject({ CLOUDFLARE_BASE_URL: baseUrl, CLOUDFLARE_ACCOUNT_ID: account });
  expect(environment.DNS_NAMESERVERS).toMatch(/^127\.0\.0\.1:\d+(,127\.0\.0\.1:\d+){2}$/);

  const headers = { authorization: 'Bearer token-of-this-test' };
  const zones = await fetch(`${baseUrl}/zones?name=demo.test`, { headers });
  expect(await zones.json()).toMatchObject({ result: [{ name: 'demo.test' }] });

  const exited = once(child, 'exit');
  child.kill(signal);
  expect(await exited).toEqual([0, null]);
  const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1');
  await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('--help prints the help text', async () => {
  const { code, output } = await finish(['--help']);
  expect(code).toBe(0);
  expect(output).toContain('CLOUDFLARE_API_TOKEN');
});

test.each([
  [['--port', 'x'], '--port'],
  [['--lag', '0,,1'], '--lag'],
  [['--speed', '9'], '--speed'],
])('%j fails with exit code 2 and names the option', async (args, option) => {
  const { code, errors } = await finish(args);
  expect(code).toBe(2);
  expect(errors).toContain(option);
});
