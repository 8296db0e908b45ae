/** A table of runs: each cell is a run of its own, and a failure names its cell. */
import { expect } from 'vitest';

export interface Row {
  cell: string;
  ended: string;
  failure: string | null;
}

/** Runs every cell, `atOnce` of them at a time, and returns how each ended; one that fails does not stop the others. */
export async function runCells<Cell>(
  cells: readonly Cell[],
  atOnce: number,
  { name, run }: { name: (cell: Cell) => string; run: (cell: Cell) => Promise<string> },
): Promise<Row[]> {
  const rows: Row[] = [];
  const waiting = cells.entries();
  const work = async () => {
    for (const [index, cell] of waiting) {
      const row: Row = { cell: name(cell), ended: '', failure: null };
      rows[index] = row;
      try {
        row.ended = await run(cell);
      } catch (error) {
        row.ended = 'FAILED';
        row.failure = error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return rows;
}

/**
 * Runs cells that have something done to all of them at once, such as a kill: `act` is called when each cell has called its
 * `meet` or has failed before.
 */
export async function runCellsTogether<Cell>(
  cells: readonly Cell[],
  act: () => Promise<void>,
  { name, run }: { name: (cell: Cell) => string; run: (cell: Cell, meet: () => Promise<void>) => Promise<string> },
): Promise<Row[]> {
  const arrived = new Set<Cell>();
  const { promise: acted, resolve } = Promise.withResolvers<void>();
  const arrive = (cell: Cell): void => {
    const isLast = !arrived.has(cell) && arrived.add(cell).size === cells.length;
    if (isLast) resolve(act());
  };
  return await runCells(cells, cells.length, {
    name,
    run: async (cell) => {
      try {
        return await run(cell, async () => {
          arrive(cell);
          await acted;
        });
      } finally {
        arrive(cell);
      }
    },
  });
}

/** The table, as text. */
function renderRows(title: string, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ cell }) => cell.length));
  const lines = rows.map(({ cell, ended }) => `  ${cell.padEnd(width)}  ${ended}`);
  const failed = rows.filter(({ failure }) => failure !== null).length;
  return [`${title}: ${rows.length} cells, ${rows.length - failed} passed, ${failed} failed`, ...lines].join('\n');
}

/** For a test file: each table fails its own test, and all of them are printed at the end. */
export function createReport(): { report: (title: string, rows: readonly Row[]) => void; show: () => void } {
  const tables: string[] = [];
  return {
    report(title, rows) {
      tables.push(renderRows(title, rows));
      expectAllPassed(rows);
    },
    show() {
      console.log(tables.join('\n\n'));
    },
  };
}

function expectAllPassed(rows: readonly Row[]): void {
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ failure }) => failure !== null)).toEqual([]);
}
