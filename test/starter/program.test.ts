import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { runStarter, unconfigured, unreachable } from './run-starter.ts';

const account = '0123456789abcdef0123456789abcdef';

describe('usage that is wrong ends with 2, says why, and needs no server', () => {
  it.each([
    ['no command', [], 'Usage: cloudflare-sso'],
    ['an unknown command', ['onboard', 'example.com'], "unknown command 'onboard'"],
    ['no domain', ['start'], "missing required argument 'domain'"],
    ['an unknown option', ['start', 'example.com', '--force'], "unknown option '--force'"],
    ['a number that is none', ['start', 'example.com', '--deadline-seconds', 'soon'], 'It must be a number.'],
    [
      'a provider that does not exist',
      ['start', 'example.com', '--dns-provider', 'pigeon'],
      'Allowed choices are auto, cloudflare, rfc2136, route53, manual.',
    ],
    ['not a domain', ['start', 'not_a_domain', '--account', account], 'emailDomain: '],
    ['a public mail domain', ['start', 'gmail.com', '--account', account], 'gmail.com'],
    ['no account', ['start', 'example.com'], 'CLOUDFLARE_ACCOUNT_ID'],
    ['an account that is none', ['start', 'example.com', '--account', 'acme'], '32 hexadecimal characters'],
    [
      'a list of an account that is none',
      ['list', '--account', "' OR SsoAccountId != '"],
      '--account: must be the 32 hexadecimal characters',
    ],
    ['a status of not a domain', ['status', 'not_a_domain', '--account', account], 'not_a_domain'],
  ])('%s', async (_name, args, message) => {
    const { code, stdout, stderr } = await runStarter(unreachable, ...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

it('ends with 4 when no server can be reached, and names the address', async () => {
  const { code, stderr } = await runStarter(unreachable, 'start', 'example.com', '--account', account);
  expect(stderr).toContain('No Temporal server could be reached at 127.0.0.1:1');
  expect(code).toBe(4);
});

it('--version is the version of the package', async () => {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
  expect(await runStarter(unconfigured, '--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('--help', () => {
  it('shows the commands, in groups, and the exit codes', async () => {
    const { code, stdout } = await runStarter(unconfigured, '--help');
    expect(code).toBe(0);
    for (const command of ['start', 'status', 'watch', 'check-now', 'cancel', 'list'])
      expect(stdout).toContain(`  ${command} `);
    expect(stdout).toContain('3    no such run');
    expect(stdout.match(/^\S.*:$/gmu)).toEqual([
      'Options:',
      'Onboarding and off-boarding:',
      'Answers to a run that waits:',
      'Checks:',
      'This program:',
      'Exit codes:',
      'Examples:',
    ]);
  });

  it.each([
    ['start', ['Connector:', 'Approval and events:', 'DNS:', 'Time limits:']],
    ['offboard', ['Connector:', 'Approval and events:', 'Time limits:']],
  ])('of %s has each option under a heading that fits, and none without an effect', async (command, groups) => {
    const { stdout } = await runStarter(unconfigured, command, '--help');
    expect(stdout.match(/^\S.*:$/gmu)).toEqual(['Options:', ...groups, 'Examples:']);
    const people = stdout.split('Approval and events:\n')[1]?.split('\n\n')[0];
    expect(people).toContain('--approval-expire-seconds');
    expect(people).toContain('--callback-url');
    expect(stdout.includes('--propagation-')).toBe(command === 'start');
  });

  it('has examples for every command, with the name by which it was called, and fits in 80 columns', async () => {
    const { stdout } = await runStarter(unconfigured, '--help');
    expect(linesBeforeExamples(stdout).filter((line) => line.length > 80)).toEqual([]);
    const commands = [...stdout.matchAll(/^ {2}([a-z-]+) (?:<|\[| )/gmu)].map(([, name]) => name ?? '');
    expect(commands).toContain('approve');
    for (const name of commands.filter((command) => command !== 'help')) {
      const { stdout: help } = await runStarter(unconfigured, name, '--help');
      expect(help.split('\nExamples:\n')[1]).toMatch(new RegExp(`cloudflare-sso ${name}`, 'u'));
      expect(linesBeforeExamples(help).filter((line) => line.length > 80)).toEqual([]);
    }
    const byNpm = await runStarter({ environment: { npm_lifecycle_event: 'starter' } }, 'watch', '--help');
    expect(byNpm.stdout).toContain('Usage: npm run starter -- watch');
    expect(byNpm.stdout).toContain('\n  npm run starter -- watch example.com\n');
    expect(byNpm.stdout).toContain('\n  npm run --silent starter -- watch example.com --json | jq');
  });
});

function linesBeforeExamples(help: string): string[] {
  const lines = help.split('\n');
  return lines.slice(0, lines.indexOf('Examples:'));
}
