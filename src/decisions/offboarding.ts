import type { ConnectorRecord } from '../contract/schemas/connector-record.ts';
import type { Connector } from '../contract/schemas/connector.ts';
import type { OffboardingReport, OffboardingStep } from '../contract/schemas/offboarding.ts';

/**
 * The steps, in order: every connector is disabled before one is deleted, and the TXT value is removed last, because the
 * record that names it stays until then. Empty when the domain has neither a connector nor a record.
 */
export function planOffboarding(connectors: readonly Connector[], record: ConnectorRecord | null): OffboardingStep[] {
  const disable = connectors.map(({ id }) => toStep('disable-connector', id));
  const remove = connectors.map(({ id }) => toStep('delete-connector', id));
  const value = connectors.length > 0 || record !== null ? [planTxtValue(connectors, record)] : [];
  return [...disable, ...remove, ...value];
}

/** Only a value that an onboarding published is removed; any other stays, and the report names it. */
function planTxtValue(connectors: readonly Connector[], record: ConnectorRecord | null): OffboardingStep {
  const txt = record?.txt ?? null;
  if (txt !== null && !txt.record.preexisting) return toStep('remove-txt-value', txt.record.name);
  const value = txt?.record.value ?? connectors[0]?.verificationCode ?? 'unknown';
  const note =
    txt === null
      ? `no onboarding is recorded that published "${value}": if it exists, remove it by hand`
      : `"${value}" was there before the onboarding: if nobody needs it, remove it by hand`;
  const name = txt?.record.name ?? record?.emailDomain ?? connectors[0]?.emailDomain ?? '';
  return { kind: 'remove-txt-value', target: name, state: 'left', note };
}

function toStep(kind: OffboardingStep['kind'], target: string): OffboardingStep {
  return { kind, target, state: 'to-do', note: null };
}

/** The steps in words. A step that is still to do counts as left. */
export function reportOffboarding(steps: readonly OffboardingStep[]): OffboardingReport {
  const list = (isListed: (step: OffboardingStep) => boolean) =>
    steps
      .filter((step) => isListed(step))
      .map(({ kind, target, note }) => `${kind} ${target}: ${note ?? 'not done, or its answer was lost'}`);
  return { done: list(({ state }) => state === 'done'), left: list(({ state }) => state !== 'done') };
}
