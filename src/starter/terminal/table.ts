import type { Paint } from './colours.ts';

/** A cell is padded before it is painted. */
type Cell = string | { text: string; paint: Paint };

/** Columns as wide as their widest cell. Leaves out a column that is empty in every row; without rows there are no lines. */
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
  const isLast = cells.slice(column + 1).every((later) => textOf(later) === '');
  const gap = isLast ? '' : ' '.repeat((widths[column] ?? 0) - text.length + 2);
  return `${typeof cell === 'string' ? text : cell.paint(text)}${gap}`;
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' ? cell.text : (cell ?? '');
}
