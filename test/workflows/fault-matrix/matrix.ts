/**
 * Every external call of a run fails in every way, before and after its effect, once and for ever: each time the run ends
 * enabled, or with the account and its zones as found.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { nameCall } from './calls.ts';
import type { Call } from './calls.ts';
import { nameCell, recordWithoutFaults, runCell } from './cell.ts';
import type { Cell, CellReport } from './cell.ts';
import { faults } from './faults.ts';
import { createPool } from './pool.ts';
import type { Scenario } from './scenarios.ts';
import { renderTable } from './table.ts';
import { createWorlds } from './worlds.ts';

/** Most of a cell is waiting, so many of them share a core. */
const atOnce = 16;
const inPool = createPool(atOnce);
const wholeMatrix = 1_800_000;

/** The tests of these scenarios; the table of the file's cells is printed at its end. */
export function describeMatrix(scenarios: readonly Scenario[]): void {
  const worlds = createWorlds();
  const callsOf = new Map<Scenario, Call[]>();
  const reports: CellReport[] = [];

  beforeAll(async () => {
    await Promise.all(scenarios.map(async (scenario) => callsOf.set(scenario, await recordWithoutFaults(scenario))));
  });

  afterAll(async () => {
    await worlds[Symbol.asyncDispose]();
    console.log(renderTable(reports));
  });

  function cellsOf(scenario: Scenario, fault: Cell['fault']): Cell[] {
    const calls = callsOf.get(scenario) ?? [];
    return scenario.choose(calls).flatMap((call) =>
      (['once', 'for ever'] as const).flatMap((span) =>
        // A read has no effect that a fault could come before or after.
        (call.method === 'GET' ? (['before'] as const) : (['before', 'after'] as const)).map((when) => {
          const expected = scenario.expect(call, calls, { span, when, fault: fault.fault });
          return { scenario, call, fault, span, when, expected };
        }),
      ),
    );
  }

  describe('the run without faults makes calls', () => {
    it.each(scenarios)('$name', (scenario) => {
      const calls = callsOf.get(scenario) ?? [];
      console.log(calls.map(nameCall).join('\n'));
      expect(calls.length).toBeGreaterThan(0);
    });
  });

  describe.concurrent.each(scenarios)('$name, ends enabled or with everything as found', (scenario) => {
    it.each(faults)(
      'whichever of its calls meets: $name',
      async (fault) => {
        const cells = cellsOf(scenario, fault);
        const done = await Promise.all(
          cells.map(async (cell) => await inPool(async () => await runCell(cell, worlds))),
        );
        reports.push(...done);
        const failed = done.filter(({ problems }) => problems.length > 0);
        expect(failed.map(({ cell, problems }) => `${nameCell(cell)}: ${problems.join('; ')}`)).toEqual([]);
      },
      wholeMatrix,
    );
  });
}
