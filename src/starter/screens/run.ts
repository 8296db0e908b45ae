/** A run of a domain as text, whichever of the two workflows it is. Pure: time is an argument. */
import type { PendingActivity, RunView } from '../../client/run-view.ts';
import type { DomainStatus } from '../../contract/handlers.ts';
import { nounOf } from '../../messages/run-titles.ts';
import { noColours, paintForPhase, paintForState } from '../terminal/colours.ts';
import type { Colours } from '../terminal/colours.ts';
import { ago, until } from './duration.ts';
import { renderOffboarding } from './offboarding.ts';
import { renderOnboarding } from './onboarding.ts';
import type { Screen } from './onboarding.ts';
import { row } from './rows.ts';

/**
 * Everything known about a run, as lines of a label and a text.
 * @param columns the available width; what has a narrow form uses it where the wide one does not fit
 */
export function renderView(view: RunView, now: Date, colours: Colours = noColours, columns = Infinity): string[] {
  const { status, state, closedAt, failure, result } = view;
  const phase = status?.phase ?? view.phase;
  const ended = closedAt === null ? '' : `, ended ${ago(closedAt, now)}`;
  return [
    ...row(nounOf(view.kind), `${view.emailDomain} in account ${view.accountId}`),
    ...row('run', `${paintForState(state, colours)(state)}, started ${ago(view.startedAt, now)}${ended}`),
    ...row('phase', phase && paintForPhase(phase, colours)(phase)),
    ...(result === null && failure === null ? renderReason(view, now, colours) : []),
    ...(status === null ? [] : renderStatus(status, { now, colours, columns }, closedAt !== null)),
    ...view.pending.flatMap((activity) => row('activity', renderPending(activity, now))),
    ...row('failure', failure && colours.bad(`${failure.type}: ${failure.message}`)),
    ...row('result', result && renderResult(view)),
  ];
}

/** One line for a log. It changes only when there is something new to report. */
export function renderProgress(view: RunView): string {
  if (view.failure !== null) return `${view.state}: ${view.failure.type}: ${view.failure.message}`;
  if (view.result !== null) return renderResult(view);
  if (view.state !== 'running') return view.state;
  const failing = view.pending.flatMap(({ activity, attempt, lastError }) =>
    lastError === null ? [] : [`; ${activity} failed ${attempt - 1} times, last: ${lastError}`],
  );
  return `${view.status?.phase ?? view.phase ?? 'starting'}: ${view.status?.reason ?? noWorker}${failing.join('')}`;
}

const noWorker = 'no worker answered; this is what the server knows';

function renderReason({ status, state }: RunView, now: Date, { notable }: Colours): string[] {
  if (status === null) return state === 'running' ? row('reason', notable(noWorker)) : [];
  return [...row('reason', status.reason), ...row('next check', status.nextCheckAt && until(status.nextCheckAt, now))];
}

function renderStatus(status: DomainStatus, screen: Screen, isClosed: boolean): string[] {
  return status.kind === 'offboarding' ? renderOffboarding(status, isClosed) : renderOnboarding(status, screen);
}

function renderPending({ activity, attempt, nextAttemptAt, lastError }: PendingActivity, now: Date): string {
  const when = nextAttemptAt === null ? '' : `, next ${until(nextAttemptAt, now)}`;
  return `${activity}, attempt ${attempt}${when}${lastError === null ? '' : `; the previous one failed: ${lastError}`}`;
}

function renderResult({ emailDomain, result }: RunView): string {
  if (result === null) return '';
  if ('done' in result) {
    const left = result.left.length === 0 ? '' : `; left: ${result.left.join('; ')}`;
    return `${emailDomain} is off-boarded (${result.done.join('; ') || 'there was nothing to do'})${left}`;
  }
  return `${emailDomain} is enabled (connector ${result.connectorId}${result.alreadyEnabled ? ', enabled before' : ''})`;
}
