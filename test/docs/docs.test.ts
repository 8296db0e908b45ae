/** What the documentation names exists: files, headings, commands, options, variables. */
import { readdir, readFile, stat } from 'node:fs/promises';

import { PassThrough } from 'node:stream';
import { text as readText } from 'node:stream/consumers';

import { describe, expect, it } from 'vitest';

import { runCommandLine } from '../../src/starter/program.ts';
import {
  listAnchors,
  readCodeBlocks,
  readInlineCode,
  readPages,
  readTable,
  root,
  withoutCodeBlocks,
} from './markdown.ts';

const pages = await readPages();
const pageNames = pages.map(({ path }) => path);

function pageOf(path: string): string {
  return pages.find((page) => page.path === path)?.text ?? '';
}

describe('links', () => {
  const links = pages.flatMap(({ path, text }) =>
    Array.from(withoutCodeBlocks(text).matchAll(/\]\((?<target>[^)\s]+)\)/gu), ({ groups }) => groups?.['target'] ?? '')
      .filter((target) => !/^https?:/u.test(target))
      .map((target) => ({ path, target })),
  );

  it.each(links)('of $path: $target exists', async ({ path, target }) => {
    const [file = '', anchor] = target.split('#');
    const url = new URL(file === '' ? path : file, file === '' ? root : new URL(path, root));
    await expect(stat(url)).resolves.toBeDefined();
    if (anchor === undefined) return;
    expect(listAnchors(await readFile(url, 'utf8'))).toContain(anchor);
  });

  it.each(pageNames.filter((path) => path.startsWith('docs/')))('README leads to %s', (path) => {
    expect(pageOf('README.md')).toContain(`(${path})`);
  });
});

/** What `--help` prints. */
async function readHelp(...args: string[]): Promise<string> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  await runCommandLine([...args, '--help'], { stdin, stdout, stderr }, {});
  stdout.end();
  return await readText(stdout);
}

function readOptions(help: string): string[] {
  return [...new Set(help.match(/--[a-z][a-z-]+/gu))];
}

const programHelp = await readHelp();
const commandNames = Array.from(
  programHelp.matchAll(/^ {2}(?<name>[a-z][a-z-]+) (?:<|\[| )/gmu),
  ([, name = '']) => name,
).filter((name) => name !== 'help');
const optionsByCommand = new Map(
  await Promise.all(
    commandNames.map(async (name): Promise<[string, string[]]> => [name, readOptions(await readHelp(name))]),
  ),
);

/** What the documentation names of other programs. */
const otherOptions = new Set([
  // npm run demo
  '--keep',
  // The Temporal CLI
  '--fail-existing',
]);

/** The arguments of each call of the starter in the text, up to a pipe or a comment. */
function readStarterCalls(text: string): string[][] {
  const calls = text.matchAll(
    /(?:npm run (?:--silent )?starter --|cloudflare-sso(?=\s)|src\/starter\.ts)(?<args>[^\n`|#)]*)/gu,
  );
  return Array.from(calls, ({ groups }) => (groups?.['args'] ?? '').trim().split(/\s+/u));
}

describe('the starter', () => {
  const calls = pages.flatMap(({ path, text }) => {
    const code = [...readCodeBlocks(text).map((block) => block.code), ...readInlineCode(text)];
    return code.flatMap(readStarterCalls).map((args) => ({ path, args, call: args.join(' ') }));
  });

  it.each(calls)('takes "$call" ($path)', ({ args: [name = '', ...args] }) => {
    // "npm run starter --" stands for any command.
    if (name === '' || name === '…') return;
    if (name.startsWith('--')) {
      expect(readOptions(programHelp)).toContain(name);
      return;
    }
    expect(commandNames).toContain(name);
    const options = args.filter((argument) => argument.startsWith('--'));
    expect(optionsByCommand.get(name)).toEqual(expect.arrayContaining(options));
  });

  const options = pages.flatMap(({ path, text }) =>
    readInlineCode(text)
      .flatMap((code) => /^--[a-z-]+/u.exec(code) ?? [])
      .map((option) => ({ path, option })),
  );

  it.each(options)('has the option $option ($path)', ({ option }) => {
    expect([...[...optionsByCommand.values()].flat(), ...readOptions(programHelp), ...otherOptions]).toContain(option);
  });

  it('has no command that the documentation does not show', () => {
    const shown = new Set(calls.map(({ args: [name] }) => name));
    expect(commandNames.length).toBeGreaterThan(0);
    expect(commandNames.filter((name) => !shown.has(name))).toEqual([]);
  });
});

/** Everything that can declare, set or read an environment variable. */
async function readSources(): Promise<string> {
  const folders = ['src/', 'scripts/', 'simulator/', 'test/'];
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(new URL(folder, root), { recursive: true });
      return names.filter((name) => /\.[jt]s$/u.test(name)).map((name) => `${folder}${name}`);
    }),
  );
  const paths = [...files.flat(), '.env.example', 'docker-compose.yml'];
  return (await Promise.all(paths.map(async (path) => await readFile(new URL(path, root), 'utf8')))).join('\n');
}

describe('environment variables', async () => {
  const sources = await readSources();
  const named = pages.flatMap(({ path, text }) => {
    const inline = readInlineCode(text).flatMap(
      (code) => /^\$?(?<name>[A-Z][A-Z0-9]*_[A-Z0-9_*]+)/u.exec(code)?.[1] ?? [],
    );
    const shell = readCodeBlocks(text)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ code }) => code.match(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+(?==)/gu) ?? []);
    return [...new Set([...inline, ...shell])].map((name) => ({ path, name }));
  });

  it.each(named)('$name exists ($path)', ({ name }) => {
    const pattern = name.endsWith('*') ? `\\b${name.slice(0, -1)}` : `\\b${name}\\b`;
    expect(sources).toMatch(new RegExp(pattern, 'u'));
  });
});

describe('the form of the documentation', () => {
  it('the README has at most 10 kB', () => {
    expect(Buffer.byteLength(pageOf('README.md'))).toBeLessThanOrEqual(10_000);
  });

  it.each(pages)('no line of $path is longer than 120 characters', ({ text }) => {
    const lines = withoutCodeBlocks(text)
      .split('\n')
      .filter((line) => !line.trimStart().startsWith('|'))
      .map((line) => line.replaceAll(/\]\([^)]*\)/gu, ']'));
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  it('the glossary has at most 25 terms, each once', () => {
    const terms = readTable(pageOf('docs/architecture.md'), '## Glossary').map(([term]) => term);
    expect(terms.length).toBeGreaterThan(0);
    expect(terms.length).toBeLessThanOrEqual(25);
    expect(new Set(terms).size).toBe(terms.length);
  });

  it.each(pageNames.filter((path) => path.startsWith('docs/')))('%s begins with what it answers', (path) => {
    const [, opening = ''] = /^# .+\n\n(?<opening>[^#|`\n-].*)/u.exec(pageOf(path)) ?? [];
    expect(opening).not.toBe('');
  });
});
