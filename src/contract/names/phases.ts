/** The phases of a domain's two workflows, in order. */

export const onboardingPhases = [
  'checking-prerequisites',
  'creating-connector',
  'publishing-txt',
  'waiting-for-dns',
  'waiting-for-verification',
  'waiting-for-approval',
  'enabling',
  'waiting-for-confirmation',
  'enabled',
  'undoing',
  'undone',
] as const;
type OnboardingPhase = (typeof onboardingPhases)[number];

export const offboardingPhases = [
  'finding-connector',
  'waiting-for-approval',
  'disabling',
  'deleting-connector',
  'removing-txt',
  'offboarded',
] as const;
type OffboardingPhase = (typeof offboardingPhases)[number];

export type Phase = OnboardingPhase | OffboardingPhase;
export const phases: readonly Phase[] = [...new Set<Phase>([...onboardingPhases, ...offboardingPhases])];

/** The last phase of a run that succeeded. */
export const successPhases: ReadonlySet<Phase> = new Set(['enabled', 'offboarded']);
/** Entered only by a run that failed or was cancelled. */
export const undoPhases: ReadonlySet<Phase> = new Set(['undoing', 'undone']);
/** No phase follows these. */
export const lastPhases: ReadonlySet<Phase> = new Set([...successPhases, 'undone'] as const);
/** Entered only where the input asks for them. */
export const optionalPhases: ReadonlySet<Phase> = new Set(['waiting-for-approval', 'waiting-for-confirmation']);
/** In these phases the connector of an onboarding may be enabled. */
export const phasesThatMayBeEnabled: ReadonlySet<Phase> = new Set(['enabling', 'waiting-for-confirmation', 'enabled']);
