/** Tables, and the generated parts of a page. */

/** A Markdown table. `|` in cells is escaped. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, columns.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`)
    .join('\n');
}

/** The page with the text between a part's markers replaced. @throws {Error} if the markers are missing */
export function fillPart(page: string, part: string, content: string): string {
  const [begin, end] = [`<!-- generated: ${part} -->`, `<!-- end: ${part} -->`];
  const [before, rest] = page.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined) throw new Error(`The page lacks ${begin} or ${end}`);
  return `${before}${begin}\n\n${content}\n\n${end}${after}`;
}
