import type { Paint } from './colours.ts';

/** Painted once it has been padded. */
export type Cell = string | { text: string; paint: Paint };

/** Columns as wide as their widest cell, headed; one that is empty in every row is left out. No lines when there are no rows. */
export function renderTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const filled = header.flatMap((_, column) => (rows.some((cells) => textOf(cells[column]) !== '') ? [column] : []));
  if (filled.length === 0) return [];
  const lines: Cell[][] = [header, ...rows].map((cells) => filled.map((column) => cells[column] ?? ''));
  const widths = filled.map((_, column) => Math.max(...lines.map((cells) => textOf(cells[column]).length)));
  return lines.map((cells) =>
    cells
      .map((cell, column) => pad(cell, column, cells, widths))
      .join('')
      .trimEnd(),
  );
}

function pad(cell: Cell, column: number, cells: readonly Cell[], widths: readonly number[]): string {
  const text = textOf(cell);
  const rest = cells.slice(column + 1).every((later) => textOf(later) === '');
  const gap = rest ? '' : ' '.repeat((widths[column] ?? 0) - text.length + 2);
  return `${typeof cell === 'string' ? text : cell.paint(text)}${gap}`;
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '');
}
