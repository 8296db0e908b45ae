import { setTimeout as delay } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import logUpdate from 'log-update';

import { exitCodes } from '../../environment/exit-codes.ts';
import { isUnreachable } from '../../client/server-errors.ts';
import { viewOnboarding } from '../../client/run-view.ts';
import type { OnboardingView } from '../../client/run-view.ts';
import type { Output } from '../terminal/output.ts';
import { labelWidth, renderProgress, renderSteps, renderView } from '../screens/run.ts';
import { StarterError } from './starter-error.ts';

const lookEveryMilliseconds = 1000;
/** A server that restarts is back by then; a wait of days must not end for less. */
const patienceMilliseconds = 60_000;

/**
 * Shows the onboarding until its run has ended: a live screen on a terminal, else a line at each change.
 * @throws {StarterError} when there is none, or when the server stays away
 */
export async function watchOnboarding(client: Client, workflowId: string, output: Output): Promise<OnboardingView> {
  const show = output.isLive ? showLive(output) : showLines(output);
  let lastSeen = Date.now();
  for (;;) {
    try {
      const view = await viewOnboarding(client, workflowId);
      if (view === null) throw new StarterError(exitCodes.notFound, `There is no onboarding ${workflowId}.`);
      lastSeen = Date.now();
      show(view);
      if (view.state !== 'running') {
        if (output.isLive) logUpdate.done();
        return view;
      }
    } catch (error) {
      if (!isUnreachable(error) || Date.now() - lastSeen > patienceMilliseconds) throw error;
      output.warn('The Temporal server does not answer; trying again.');
    }
    await delay(lookEveryMilliseconds);
  }
}

function showLines(output: Output): (view: OnboardingView) => void {
  let shown = '';
  return (view) => {
    const line = renderProgress(view);
    if (line === shown) return;
    shown = line;
    output.print(view, [`${new Date().toISOString()} ${line}`]);
  };
}

function showLive(output: Output): (view: OnboardingView) => void {
  const { colours } = output;
  return (view) => {
    const now = new Date();
    const steps = view.status === null ? [] : renderSteps(view.status, view.closedAt, now, colours);
    const lines = output.fit(renderView(view, now, colours, output.columns), labelWidth);
    logUpdate([...steps, '', ...lines].join('\n'));
  };
}

/** A script asks no more than whether it came to its good end. */
export function setExitCode({ result }: OnboardingView): void {
  process.exitCode = result === null ? exitCodes.failed : exitCodes.success;
}
