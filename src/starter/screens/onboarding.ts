/** The status of an onboarding as rows. */
import type { ConfirmationState } from '../../contract/schemas/answers.ts';
import type { DnsEvidence } from '../../contract/schemas/dns.ts';
import type { OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import { breakGlassCommand } from '../../messages/sign-in-change.ts';
import type { Colours } from '../terminal/colours.ts';
import { ago, renderDuration } from './duration.ts';
import { describeZone, renderResolvers, renderServers } from './evidence.ts';
import { approvalRow, labelWidth, row, txtRow } from './rows.ts';

export interface Screen {
  now: Date;
  colours: Colours;
  /** The available width. */
  columns: number;
}

export function renderOnboarding(status: OnboardingStatus, screen: Screen): string[] {
  const { connector, zone, provider, txtRecord, evidence, caches, approval, deadlineAt, undo } = status;
  return [
    ...row(
      'connector',
      connector &&
        `${connector.id} (${connector.origin}, ${connector.verificationStatus}${connector.enabled ? ', enabled' : ''})`,
    ),
    ...row('zone', zone && describeZone(zone)),
    ...row('DNS provider', provider && `${provider.name}: ${provider.why}`),
    ...txtRow(txtRecord),
    ...(evidence === null ? [] : renderEvidence(evidence, screen)),
    ...row('caches', caches && describeCaches(caches)),
    ...row('verification', describeVerification(status)),
    ...approvalRow(approval, undo.cause !== null),
    ...renderConfirmation(status),
    ...row('deadline', deadlineAt),
    ...renderUndo(status),
  ];
}

function renderUndo({ undo: { cause, steps }, phase }: OnboardingStatus): string[] {
  if (cause === null) {
    // An enabled connector stays: nothing is undone any more.
    const kinds = phase === 'enabled' ? [] : steps.map(({ kind }) => kind);
    return kinds.length === 0 ? [] : row('undo', `a failure or cancellation would undo: ${kinds.join(', ')}`);
  }
  return [
    ...row('undo', `because ${cause.message}`),
    ...steps.flatMap(({ kind, state, note }) => row('', `${kind}: ${state}${note === null ? '' : `, ${note}`}`)),
  ];
}

function renderEvidence(
  { observedAt, servers, resolvers, findings }: DnsEvidence,
  { now, colours, columns }: Screen,
): string[] {
  const tables = [...renderServers(servers, columns - labelWidth), ...renderResolvers(resolvers)];
  return [
    ...row('DNS', `queried ${ago(observedAt, now)}`),
    ...tables.flatMap((line) => row('', line)),
    ...findings.flatMap((finding) => row('finding', colours.notable(finding))),
  ];
}

/** An estimate, and worded as one. */
function describeCaches({ seconds, because, expectedEverywhereAt }: NonNullable<OnboardingStatus['caches']>): string {
  const held = because === 'old-values' ? 'the old values' : 'the answer that there are none';
  const span = `caches may hold ${held} for ${renderDuration(seconds)}`;
  return expectedEverywhereAt === null
    ? `${span} after the last name server has the new value`
    : `the value is expected everywhere by ${expectedEverywhereAt} (${span})`;
}

function describeVerification({ verification: { begunAt, checks, restarts } }: OnboardingStatus): string | null {
  return begunAt === null ? null : `begun ${begunAt}, checked ${checks} ×, begun again ${restarts} ×`;
}

function renderConfirmation({ confirmation, undo, connector, accountId }: OnboardingStatus): string[] {
  if (confirmation === null) return [];
  const isWaiting = confirmation.confirmed === null && undo.cause === null;
  return [
    ...row('confirmation', describeConfirmation(confirmation, undo.cause !== null)),
    ...(isWaiting && connector !== null ? renderBreakGlass(accountId, connector.id) : []),
  ];
}

function describeConfirmation({ until, confirmed }: ConfirmationState, isUndone: boolean): string {
  if (confirmed !== null) return `confirmed by ${confirmed.by} at ${confirmed.at}: ${confirmed.reason}`;
  return isUndone
    ? `requested until ${until}, not given`
    : `the connector is disabled again at ${until} unless somebody confirms that they can sign in: "confirm"`;
}

/** The command that disables the connector without a worker, in lines that can be copied. */
function renderBreakGlass(accountId: string, connectorId: string): string[] {
  const parts = breakGlassCommand(accountId, connectorId).split(/ (?=https:|-H|--data)/u);
  return parts.flatMap((part, index) =>
    row(index === 0 ? 'break-glass' : '', `${part}${index < parts.length - 1 ? ' \\' : ''}`),
  );
}
