/** What the documentation names exists: files, headings, commands, options, variables. */
import { readdir, readFile, stat } from 'node:fs/promises';

import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { createProgram } from '../../src/starter/program.ts';
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

const program = createProgram({ calledAs: null, readConfig: notConfigured, readLookUpConfig: notConfigured });

function notConfigured(): never {
  throw new Error('Only names of commands and options are read');
}

/** `--option`, without its value and its short form. */
function optionsOf(command: Command): string[] {
  return ['--help', ...command.options.flatMap(({ long }) => long ?? [])];
}

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
      expect([...optionsOf(program), '--version']).toContain(name);
      return;
    }
    const command = program.commands.find((candidate) => candidate.name() === name);
    expect(command, `there is no command "${name}"`).toBeDefined();
    if (command === undefined) return;
    const options = args.filter((argument) => argument.startsWith('--'));
    expect(optionsOf(command)).toEqual(expect.arrayContaining(options));
  });

  const options = pages.flatMap(({ path, text }) =>
    readInlineCode(text)
      .flatMap((code) => /^--[a-z-]+/u.exec(code) ?? [])
      .map((option) => ({ path, option })),
  );

  it.each(options)('has the option $option ($path)', ({ option }) => {
    const known = [program, ...program.commands].flatMap(optionsOf);
    expect([...known, ...otherOptions]).toContain(option);
  });

  it('is shown with every command that people type', () => {
    const shown = new Set(calls.map(({ args: [name] }) => name));
    const missing = program.commands.map((command) => command.name()).filter((name) => !shown.has(name));
    expect(missing.filter((name) => name !== 'help' && name !== 'complete')).toEqual([]);
  });
});

/** Everything that can declare, set or read an environment variable. */
async function readSources(): Promise<string> {
  const folders = ['src/', 'scripts/', 'simulator/', 'test/support/'];
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
