type Row = readonly [label: string, value: string | number];

/** A Markdown table for Temporal's UI. Cells may hold Markdown; line breaks and `|` in them are escaped. */
export function toMarkdownTable(head: Row, rows: readonly Row[]): string {
  const [first, ...rest] = [head, ...rows].map((cells) => `| ${cells.map((cell) => escapeCell(cell)).join(' | ')} |`);
  return [first, '| --- | --- |', ...rest].join('\n');
}

function escapeCell(cell: string | number): string {
  return String(cell).replaceAll('|', '\\|').replaceAll(/\s+/gu, ' ');
}
