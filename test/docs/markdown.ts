/** The documentation as tests read it. */
import { readdir, readFile } from 'node:fs/promises';

export const root = new URL('../../', import.meta.url);

export interface Page {
  /** From the project's root. */
  path: string;
  text: string;
}

/** README and its neighbours, and every page of docs/. */
export async function readPages(): Promise<Page[]> {
  const names = (await readdir(new URL('docs/', root))).filter((name) => name.endsWith('.md')).toSorted();
  const paths = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...names.map((name) => `docs/${name}`)];
  return await Promise.all(paths.map(async (path) => ({ path, text: await readFile(new URL(path, root), 'utf8') })));
}

export interface CodeBlock {
  language: string;
  code: string;
}

/** Fenced blocks, without the indentation that a list gives them. */
export function readCodeBlocks(text: string): CodeBlock[] {
  const blocks = text.matchAll(/^(?<indent> *)```(?<language>\w*)\n(?<code>[\s\S]*?)^ *```$/gmu);
  return Array.from(blocks, ({ groups }) => ({
    language: groups?.['language'] ?? '',
    code: (groups?.['code'] ?? '').replaceAll(new RegExp(`^${groups?.['indent'] ?? ''}`, 'gmu'), ''),
  }));
}

export function withoutCodeBlocks(text: string): string {
  return text.replaceAll(/^ *```\w*\n[\s\S]*?^ *```$/gmu, '');
}

/** What stands between backticks in running text. */
export function readInlineCode(text: string): string[] {
  return Array.from(withoutCodeBlocks(text).matchAll(/`(?<code>[^`\n]+)`/gu), ({ groups }) => groups?.['code'] ?? '');
}

/** The anchors of a page's headings, as GitHub makes them. */
export function listAnchors(text: string): Set<string> {
  const headings = withoutCodeBlocks(text).matchAll(/^#+ (?<heading>.+)$/gmu);
  return new Set(
    Array.from(headings, ({ groups }) =>
      (groups?.['heading'] ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The cells of the first table under a heading, without its header. */
export function readTable(text: string, heading: string): string[][] {
  const [, section = ''] = text.split(`\n${heading}\n`);
  const [table = ''] = /(?:^\|.*\n)+/mu.exec(section) ?? [];
  const rows = table.trimEnd().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
