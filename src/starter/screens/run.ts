/** Views as text. Pure: time is an argument. */
import {
  lastPhases,
  offboardingPhases,
  onboardingPhases,
  optionalPhases,
  undoPhases,
} from '../../contract/names/phases.ts';
import type { Phase } from '../../contract/names/phases.ts';
import type { Undo } from '../../contract/old-contract.ts';
import type { ApprovalState } from '../../contract/schemas/answers.ts';
import type { DnsEvidence } from '../../contract/schemas/dns.ts';
import type { OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import type { OnboardingView, PendingActivity } from '../../client/run-view.ts';
import { breakGlassCommand } from '../../messages/break-glass.ts';
import { nounOf } from '../../messages/run-titles.ts';
import { noColours, paintOfPhase, paintOfState } from '../terminal/colours.ts';
import type { Colours } from '../terminal/colours.ts';
import { describeZone, renderResolvers, renderServers } from './evidence.ts';

/** Where the texts of a view begin. */
export const labelWidth = 14;

/**
 * Everything known about an onboarding, as lines of a label and a text.
 *
 * @param columns the width there is, for what can be shown in less
 */
export function renderView(
  view: OnboardingView,
  now: Date,
  colours: Colours = noColours,
  columns = Infinity,
): string[] {
  const { status } = view;
  const phase = status?.phase ?? view.phase;
  return [
    ...row(nounOf(view.story), `${view.emailDomain} in account ${view.accountId}`),
    ...row(
      'run',
      `${paintOfState(view.state, colours)(view.state)}, started ${ago(view.startedAt, now)}${view.closedAt ? `, ended ${ago(view.closedAt, now)}` : ''}`,
    ),
    ...row('phase', phase && paintOfPhase(phase, colours)(phase)),
    ...(view.result === null && view.failure === null ? renderReason(view, now, colours) : []),
    ...(status === null ? [] : renderStatus(status, now, colours, columns)),
    ...view.pending.flatMap((activity) => row('doing', renderPending(activity, now))),
    ...row('failure', view.failure && colours.bad(`${view.failure.type}: ${view.failure.message}`)),
    ...row('result', view.result && renderResult(view)),
  ];
}

/** The story so far: every step, done, under way or to come, with the time it took. */
export function renderSteps(
  status: OnboardingStatus,
  ended: string | null,
  now: Date,
  { good, bad, strong, faint }: Colours = noColours,
): string[] {
  const isUndone = status.undo.cause !== null;
  const wasEntered = (phase: Phase) => status.timeline.some((entry) => entry.phase === phase);
  const phases: readonly Phase[] = status.story === 'offboarding' ? offboardingPhases : onboardingPhases;
  const furthest = Math.max(...status.timeline.map((entry) => phases.indexOf(entry.phase)));
  const isToCome = (phase: Phase) => !isUndone && !undoPhases.has(phase) && phases.indexOf(phase) > furthest;
  const shown = phases.filter((phase) => wasEntered(phase) || isToCome(phase));
  return shown.map((phase) => {
    const index = status.timeline.findIndex((entry) => entry.phase === phase);
    const entered = status.timeline[index]?.enteredAt;
    if (entered === undefined) return faint(`  · ${phase}${optionalPhases.has(phase) ? ', if asked for' : ''}`);
    const isLast = lastPhases.has(phase);
    const next = status.timeline[index + 1];
    const isStopped = next === undefined ? ended !== null && !isLast : next.phase === 'undoing';
    const isDone = isLast || next !== undefined;
    const left = next?.enteredAt ?? ended ?? now.toISOString();
    const [mark, paint] = isStopped ? ['✗', bad] : isDone ? ['✓', undoPhases.has(phase) ? bad : good] : ['▸', strong];
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
    phase,
    undo,
    offboarding,
    accountId,
  }: OnboardingStatus,
  now: Date,
  colours: Colours,
  columns: number,
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
    ...(evidence === null ? [] : renderEvidence(evidence, now, colours, columns)),
    ...row('everywhere', caches && renderOutlook(caches)),
    ...row(
      'verification',
      verification.begunAt &&
        `begun ${verification.begunAt}, looked ${verification.checks} ×, begun again ${verification.restarts} ×`,
    ),
    ...row('approval', approval && renderApproval(approval, undo.cause !== null)),
    ...renderConfirmation({ confirmation, undo, connector, accountId }),
    ...row('deadline', deadlineAt),
    ...(offboarding ?? []).flatMap(({ kind, of, state, note }) =>
      row('step', `${kind} ${of}: ${state}${note === null ? '' : `, ${note}`}`),
    ),
    ...(phase === 'enabled' ? [] : renderUndo(undo)),
  ];
}

function renderUndo({ cause, steps }: Undo): string[] {
  if (cause === null) {
    const kinds = steps.map(({ kind }) => kind).join(', ');
    return kinds === '' ? [] : row('undo', `would take back: ${kinds}`);
  }
  return [
    ...row('undo', `because ${cause.message}`),
    ...steps.flatMap(({ kind, state, note }) => row('', `${kind}: ${state}${note === null ? '' : `, ${note}`}`)),
  ];
}

function renderEvidence(
  { observedAt, servers, resolvers, findings }: DnsEvidence,
  now: Date,
  { notable }: Colours,
  columns: number,
): string[] {
  return [
    ...row('DNS', `asked ${ago(observedAt, now)}`),
    ...[...renderServers(servers, columns - labelWidth), ...renderResolvers(resolvers)].flatMap((line) =>
      row('', line),
    ),
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

function renderApproval({ requestedAt, reminders, expiresAt, answer }: ApprovalState, isOver: boolean): string {
  if (answer !== null) return `${answer.kind} by ${answer.by} at ${answer.at}: ${answer.reason}`;
  const asked = `asked for at ${requestedAt}, reminded ${reminders} ×`;
  return isOver ? `${asked}, not answered` : `${asked}, expires at ${expiresAt}: "approve" or "reject"`;
}

/** With the command that helps without a worker, in lines that can be copied. */
function renderConfirmation({
  confirmation,
  undo,
  connector,
  accountId,
}: Pick<OnboardingStatus, 'confirmation' | 'undo' | 'connector' | 'accountId'>): string[] {
  if (confirmation === null) return [];
  const { until: end, confirmed } = confirmation;
  if (confirmed !== null)
    return row('confirmation', `confirmed by ${confirmed.by} at ${confirmed.at}: ${confirmed.reason}`);
  if (undo.cause !== null) return row('confirmation', `asked for until ${end}, not given`);
  const [first = '', ...rest] =
    connector === null ? [] : breakGlassCommand(accountId, connector.id).split(/ (?=https:|-H|--data)/u);
  return [
    ...row('confirmation', `to be disabled again at ${end}, unless somebody who could log in says so: "confirm"`),
    ...[first, ...rest].flatMap((part, index, parts) =>
      row(index === 0 ? 'break-glass' : '', `${part}${index < parts.length - 1 ? ' \\' : ''}`),
    ),
  ];
}

function renderPending({ activity, attempt, nextAttemptAt, lastError }: PendingActivity, now: Date): string {
  const when = nextAttemptAt === null ? '' : `, next ${until(nextAttemptAt, now)}`;
  return `${activity}, attempt ${attempt}${when}${lastError === null ? '' : `; the last one failed: ${lastError}`}`;
}

function renderResult({ emailDomain, result }: OnboardingView): string {
  if (result === null) return '';
  if ('done' in result) {
    const left = result.left.length === 0 ? '' : `; left: ${result.left.join('; ')}`;
    return `${emailDomain} is off-boarded (${result.done.join('; ') || 'there was nothing to take away'})${left}`;
  }
  return `${emailDomain} is enabled (connector ${result.connectorId}${result.alreadyEnabled ? ', which was enabled already' : ''})`;
}

function row(label: string, text: string | null): string[] {
  return text === null ? [] : [`${label.padEnd(labelWidth)}${text}`];
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
