/** Views as text. Pure: time is an argument. */
import { phases } from '../contract.ts';
import type { OnboardingView, PendingActivity } from '../client/onboarding-view.ts';
import type { ApprovalState, ConfirmationState, DnsEvidence, OnboardingStatus, Phase } from '../contract.ts';
import { noColours, paintOfPhase, paintOfState } from './colours.ts';
import type { Colours } from './colours.ts';
import { describeZone, renderResolvers, renderServers } from './render-evidence.ts';

/** Everything known about an onboarding, as lines of a label and a text. */
export function renderView(view: OnboardingView, now: Date, colours: Colours = noColours): string[] {
  const { status } = view;
  const phase = status?.phase ?? view.phase;
  return [
    ...row('onboarding', `${view.emailDomain} in account ${view.accountId}`),
    ...row(
      'run',
      `${paintOfState(view.state, colours)(view.state)}, started ${ago(view.startedAt, now)}${view.closedAt ? `, ended ${ago(view.closedAt, now)}` : ''}`,
    ),
    ...row('phase', phase && paintOfPhase(phase, colours)(phase)),
    ...(view.result === null && view.failure === null ? renderReason(view, now, colours) : []),
    ...(status === null ? [] : renderStatus(status, now, colours)),
    ...view.pending.flatMap((activity) => row('doing', renderPending(activity, now))),
    ...row('failure', view.failure && colours.bad(`${view.failure.type}: ${view.failure.message}`)),
    ...row('result', view.result && renderResult(view)),
  ];
}

/** The ends of a story that went wrong; shown only when it came to that. */
const undoPhases = new Set<Phase>(['undoing', 'undone']);
const lastPhases = new Set<Phase>(['enabled', 'undone']);

/** The story so far: every step, done, under way or to come, with the time it took. */
export function renderSteps(
  status: OnboardingStatus,
  ended: string | null,
  now: Date,
  { good, bad, strong, faint }: Colours = noColours,
): string[] {
  const isUndone = status.undo.cause !== null;
  const wasEntered = (phase: Phase) => status.timeline.some((entry) => entry.phase === phase);
  const shown = phases.filter((phase) => (isUndone ? wasEntered(phase) : !undoPhases.has(phase)));
  return shown.map((phase) => {
    const index = status.timeline.findIndex((entry) => entry.phase === phase);
    const entered = status.timeline[index]?.enteredAt;
    if (entered === undefined) return faint(`  · ${phase}`);
    const isLast = lastPhases.has(phase);
    const isDone = isLast || index < status.timeline.length - 1;
    const left = status.timeline[index + 1]?.enteredAt ?? ended ?? now.toISOString();
    const [mark, paint] = isDone ? ['✓', good] : ended === null ? ['▸', strong] : ['✗', bad];
    const took = isLast ? '' : `  ${renderDuration((Date.parse(left) - Date.parse(entered)) / 1000)}`;
    return paint(`  ${mark} ${phase}${took}`);
  });
}

/** One line for a log: where it stands and why. Changes when there is something new to say. */
export function renderProgress(view: OnboardingView): string {
  if (view.failure !== null) return `${view.state}: ${view.failure.type}: ${view.failure.message}`;
  if (view.result !== null) return renderResult(view);
  const failing = view.pending.flatMap(({ activity, attempt, lastError }) =>
    lastError === null ? [] : [`; ${activity} failed ${attempt - 1} times, last: ${lastError}`],
  );
  if (view.state !== 'running') return view.state;
  return `${view.status?.phase ?? view.phase ?? 'starting'}: ${view.status?.reason ?? noWorker}${failing.join('')}`;
}

const noWorker = 'no worker answered; this is what the server knows';

function renderReason({ status, state }: OnboardingView, now: Date, { notable }: Colours): string[] {
  if (status === null) return state === 'running' ? row('why', notable(noWorker)) : [];
  return [...row('why', status.reason), ...row('next check', status.nextCheckAt && until(status.nextCheckAt, now))];
}

function renderStatus(
  {
    connector,
    txtRecord,
    zone,
    provider,
    caches,
    evidence,
    verification,
    approval,
    confirmation,
    deadlineAt,
    undo,
  }: OnboardingStatus,
  now: Date,
  colours: Colours,
): string[] {
  return [
    ...row(
      'connector',
      connector &&
        `${connector.id} (${connector.origin}, ${connector.verificationStatus}${connector.enabled ? ', enabled' : ''})`,
    ),
    ...row('zone', zone && describeZone(zone)),
    ...row('DNS provider', provider && `${provider.name}: ${provider.why}`),
    ...row(
      'TXT',
      txtRecord &&
        `${txtRecord.name} "${txtRecord.value}" (${txtRecord.provider}${txtRecord.preexisting ? ', was there before' : ''})`,
    ),
    ...(evidence === null ? [] : renderEvidence(evidence, now, colours)),
    ...row('everywhere', caches && renderOutlook(caches)),
    ...row(
      'verification',
      verification.begunAt &&
        `begun ${verification.begunAt}, looked ${verification.checks} ×, begun again ${verification.restarts} ×`,
    ),
    ...row('approval', approval && renderApproval(approval)),
    ...row('confirmation', confirmation && renderConfirmation(confirmation)),
    ...row('deadline', deadlineAt),
    ...row('undo', undo.cause && `because ${undo.cause.message}`),
    ...undo.steps.flatMap(({ kind, state, note }) =>
      row('', `${kind}: ${undo.cause === null ? 'would be undone' : state}${note === null ? '' : `, ${note}`}`),
    ),
  ];
}

function renderEvidence(
  { observedAt, servers, resolvers, findings }: DnsEvidence,
  now: Date,
  { notable }: Colours,
): string[] {
  return [
    ...row('DNS', `asked ${ago(observedAt, now)}`),
    ...[...renderServers(servers), ...renderResolvers(resolvers)].flatMap((line) => row('', line)),
    ...findings.flatMap((finding) => row('finding', notable(finding))),
  ];
}

/** An estimate, and named as one. */
function renderOutlook({ seconds, because, expectedEverywhereAt }: NonNullable<OnboardingStatus['caches']>): string {
  const held = because === 'old-values' ? 'the old values' : 'that there was none';
  const span = `caches may hold ${held} for ${renderDuration(seconds)}`;
  return expectedEverywhereAt === null
    ? `${span} after the last name server has it`
    : `expected by ${expectedEverywhereAt} (${span})`;
}

function renderApproval({ requestedAt, reminders, expiresAt, answer }: ApprovalState): string {
  if (answer !== null) return `${answer.kind} by ${answer.by} at ${answer.at}: ${answer.reason}`;
  return `asked for at ${requestedAt}, reminded ${reminders} ×, expires at ${expiresAt}: "approve" or "reject"`;
}

function renderConfirmation({ until: end, confirmed }: ConfirmationState): string {
  if (confirmed !== null) return `confirmed by ${confirmed.by} at ${confirmed.at}: ${confirmed.reason}`;
  return `to be disabled again at ${end}, unless somebody who could log in says so: "confirm"`;
}

function renderPending({ activity, attempt, nextAttemptAt, lastError }: PendingActivity, now: Date): string {
  const when = nextAttemptAt === null ? '' : `, next ${until(nextAttemptAt, now)}`;
  return `${activity}, attempt ${attempt}${when}${lastError === null ? '' : `; the last one failed: ${lastError}`}`;
}

function renderResult({ emailDomain, result }: OnboardingView): string {
  if (result === null) return '';
  return `${emailDomain} is enabled (connector ${result.connectorId}${result.alreadyEnabled ? ', which was enabled already' : ''})`;
}

function row(label: string, text: string | null): string[] {
  return text === null ? [] : [`${label.padEnd(13)} ${text}`];
}

export function ago(time: string, now: Date): string {
  return `${renderDuration(Math.max(0, (now.getTime() - Date.parse(time)) / 1000))} ago`;
}

function until(time: string, now: Date): string {
  const seconds = (Date.parse(time) - now.getTime()) / 1000;
  return seconds > 0 ? `in ${renderDuration(seconds)}` : 'now';
}

/** Two units at most: `4 s`, `3 min 20 s`, `5 h 12 min`, `2 d 3 h`. */
export function renderDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const units: [name: string, seconds: number][] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => whole >= size);
  if (first === -1) return seconds > 0 ? `${seconds.toFixed(1)} s` : '0 s';
  let rest = whole;
  const parts = units.slice(first, first + 2).flatMap(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return parts.join(' ');
}
