import { stripVTControlCharacters } from 'node:util';

/**
 * Breaks a line at spaces so that it fits, and indents the lines that follow. Keeps spaces inside the line. A long word is
 * indented less; one that is wider than the terminal is not broken. Escape sequences have no width.
 *
 * @param columns the width of the terminal
 * @param indent the indent of the lines after the first, in columns
 */
export function wrap(line: string, columns: number, indent: number): string[] {
  // A line that ends in a backslash is part of a command that people copy.
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
