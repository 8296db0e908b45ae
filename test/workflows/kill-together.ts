/** Runs whose workers share one process: once each run has reached its own point, one SIGKILL ends all of the workers. */
import { inject } from 'vitest';

import { createWorld } from '../support/onboarding-world.ts';
import type { World } from '../support/onboarding-world.ts';
import { startSharedWorkerProcess } from '../support/processes.ts';
import type { WorkerProcess } from '../support/processes.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { runCellsTogether } from './cells.ts';
import type { Row } from './cells.ts';

/** An account of its own, and a worker in the process that is killed. */
export interface Doomed {
  world: World;
  /** Between the worker and Temporal. */
  proxy: TcpProxy;
  /** Rejects as `waiting` does, with the last output of the worker's process. */
  during: WorkerProcess['during'];
  /** Waits until every cell of the process has called it, and the process has been killed. */
  killWorker: () => Promise<void>;
}

export interface KillCell {
  name: string;
  /** Of the worker, as variables. */
  timings: Record<string, string>;
  /** Starts the run, brings it to its point, calls `killWorker`, checks what follows, and returns how the run ended. */
  run: (doomed: Doomed) => Promise<string>;
}

/**
 * Returns how each cell ended; one that fails does not stop the others. Neighbours share a process, so they should reach
 * their points at about the same time: a call that is held for longer than an attempt may take is repeated.
 */
export async function killTogether(
  cells: readonly KillCell[],
  perProcess: number,
  inPool: (batch: () => Promise<Row[]>) => Promise<Row[]>,
): Promise<Row[]> {
  const batches = Array.from({ length: Math.ceil(cells.length / perProcess) }, (_, index) =>
    cells.slice(index * perProcess, (index + 1) * perProcess),
  );
  const rows = await Promise.all(batches.map(async (batch) => await inPool(async () => await killBatch(batch))));
  return rows.flat();
}

async function killBatch(cells: readonly KillCell[]): Promise<Row[]> {
  await using disposal = new AsyncDisposableStack();
  const staged = await Promise.all(
    cells.map(async (cell) => {
      const world = disposal.use(await createWorld({}, { timings: cell.timings }));
      const proxy = disposal.use(await startTcpProxy(inject('temporalAddress')));
      return { cell, world, proxy, environment: { ...world.environment, TEMPORAL_ADDRESS: proxy.address } };
    }),
  );
  const worker = disposal.use(startSharedWorkerProcess(staged.map(({ environment }) => environment)));
  return await runCellsTogether(staged, worker.killNow, {
    name: ({ cell }) => cell.name,
    run: async ({ cell, world, proxy }, killWorker) =>
      await cell.run({ world, proxy, during: worker.during, killWorker }),
  });
}
