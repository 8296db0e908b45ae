import type { ConnectorRecord } from '../contract/schemas/connector-record.ts';
import type { Connector } from '../contract/schemas/connector.ts';
import type { OffboardingReport, OffboardingStep } from '../contract/schemas/offboarding.ts';

/**
 * What there is to do, in order: all disabled before anything is deleted, and the value last, since a record that is
 * still open then says where it is. Empty when the domain has neither a connector nor a record.
 */
export function planOffboarding(connectors: readonly Connector[], record: ConnectorRecord | null): OffboardingStep[] {
  const disabled = connectors.map(({ id }) => toStep('disable-connector', id));
  const deleted = connectors.map(({ id }) => toStep('delete-connector', id));
  const value = connectors.length > 0 || record !== null ? [planValue(connectors, record)] : [];
  return [...disabled, ...deleted, ...value];
}

/** Only a value that an onboarding published is taken away; every other stays, and is named. */
function planValue(connectors: readonly Connector[], record: ConnectorRecord | null): OffboardingStep {
  const txt = record?.txt ?? null;
  if (txt !== null && !txt.record.preexisting) return toStep('remove-txt-value', txt.record.name);
  const value = txt?.record.value ?? connectors[0]?.verificationCode ?? 'unknown';
  const note =
    txt === null
      ? `no onboarding is remembered that published "${value}": if it is there, remove it by hand`
      : `"${value}" was there before the onboarding: if nobody needs it, remove it by hand`;
  const name = txt?.record.name ?? record?.emailDomain ?? connectors[0]?.emailDomain ?? '';
  return { kind: 'remove-txt-value', of: name, state: 'left', note };
}

function toStep(kind: OffboardingStep['kind'], of: string): OffboardingStep {
  return { kind, of, state: 'to-do', note: null };
}

/** In words. What is still to do is left. */
export function reportOffboarding(steps: readonly OffboardingStep[]): OffboardingReport {
  const tell = (isTold: (step: OffboardingStep) => boolean) =>
    steps
      .filter((step) => isTold(step))
      .map(({ kind, of, note }) => `${kind} ${of}: ${note ?? 'not done, or not known to be'}`);
  return { done: tell(({ state }) => state === 'done'), left: tell(({ state }) => state !== 'done') };
}
