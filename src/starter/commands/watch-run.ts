import type { Client } from '@temporalio/client';

import type { RunTarget } from '../../client/find-runs.ts';
import { viewRun } from '../../client/run-view.ts';
import type { RunView } from '../../client/run-view.ts';
import { exitCodes } from '../../environment/exit-codes.ts';
import type { ExitCode } from '../../environment/exit-codes.ts';
import { labelWidth } from '../screens/rows.ts';
import { renderProgress, renderView } from '../screens/run.ts';
import { renderSteps } from '../screens/steps.ts';
import type { Output } from '../terminal/output.ts';
import { pollView } from './poll-view.ts';

/**
 * Shows the run until it has ended: on a terminal a screen that is redrawn, elsewhere a line at each change.
 * @param target without a run id: the newest run when the call begins
 * @throws {StarterError} when there is no such run
 */
export async function watchRun(client: Client, target: RunTarget, output: Output): Promise<RunView> {
  const show = output.live === null ? showLines(output) : showScreen(output, output.live);
  let { runId } = target;
  const read = async () => await viewRun(client, { workflowId: target.workflowId, runId });
  const view = await pollView(target.workflowId, output, read, (latest) => {
    runId = latest.runId;
    show(latest);
  });
  output.live?.done();
  return view;
}

function showLines(output: Output): (view: RunView) => void {
  let shown = '';
  return (view) => {
    const line = renderProgress(view);
    if (line === shown) return;
    shown = line;
    output.print(view, [`${new Date().toISOString()} ${line}`]);
  };
}

function showScreen(output: Output, live: NonNullable<Output['live']>): (view: RunView) => void {
  const { colours } = output;
  return (view) => {
    const now = new Date();
    const steps = view.status === null ? [] : renderSteps(view.status, view.closedAt, now, colours);
    const lines = output.fit(renderView(view, now, colours, output.columns), labelWidth);
    live([...steps, '', ...lines].join('\n'));
  };
}

/** Success only if the run reached its goal. */
export function exitCodeOfRun({ result }: RunView): ExitCode {
  return result === null ? exitCodes.failed : exitCodes.success;
}
