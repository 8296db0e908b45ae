type Row = readonly [label: string, value: string | number];

/** For Temporal's UI. Cells are Markdown themselves, whatever stands in them: one line each, and no end of a cell. */
export function toMarkdownTable(head: Row, rows: readonly Row[]): string {
  const [first, ...rest] = [head, ...rows].map((cells) => `| ${cells.map((cell) => escapeCell(cell)).join(' | ')} |`);
  return [first, '| --- | --- |', ...rest].join('\n');
}

function escapeCell(cell: string | number): string {
  return String(cell).replaceAll('|', '\\|').replaceAll(/\s+/gu, ' ');
}
