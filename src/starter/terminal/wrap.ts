import { stripVTControlCharacters } from 'node:util';

/**
 * Breaks a line at blanks so that it fits, what follows indented. Blanks inside it stay as they are; a long word is indented
 * less, and one too long for any line is left to the terminal. Escape sequences have no width.
 *
 * @param columns the terminal's
 * @param indent of the lines after the first, in columns
 */
export function wrap(line: string, columns: number, indent: number): string[] {
  // One that ends in a backslash is a part of a command, to be copied.
  if (widthOf(line) <= columns || line.endsWith('\\')) return [line];
  const [first = '', ...words] = line.match(/^\s*\S+\s*|\S+\s*/gu) ?? [];
  const lines = [first];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (widthOf(last) + widthOf(word.trimEnd()) <= columns) lines[lines.length - 1] = last + word;
    else lines.push(' '.repeat(Math.max(0, Math.min(indent, columns - widthOf(word.trimEnd())))) + word);
  }
  return lines.map((text) => text.trimEnd());
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
