/** Cloudflare checks DNS by itself; the run reads the connector, less and less often, until it is verified. */
import type { Connector } from '../../contract/schemas/connector.ts';
import type { OnboardingStatus } from '../../contract/schemas/onboarding-status.ts';
import { decideVerification } from '../../decisions/verification.ts';
import { failure } from '../shared/failures.ts';
import { connectorRequest } from './onboarding-run.ts';
import type { OnboardingRun } from './onboarding-run.ts';
import { restoreTxtValue } from './txt-value.ts';
import { explainVerificationWait, refreshEvidence } from './wait-for-dns.ts';

/** @throws {ApplicationFailure} `ConnectorChanged`, `DeadlinePassed` */
export async function waitForVerification(run: OnboardingRun): Promise<void> {
  const { progress } = run;
  if (progress.status.phase !== 'waiting-for-verification') {
    const reason = explainVerificationWait(run, 'Cloudflare is checking for the TXT value');
    progress.enterPhase('waiting-for-verification', reason);
    if (progress.status.connector?.verificationStatus === 'pending')
      setVerification(run, { begunAt: new Date().toISOString() });
    else await beginVerification(run);
  }

  for (;;) {
    const { reason, verification, startedAt } = progress.status;
    const since = verification.begunAt ?? startedAt;
    await run.waitForNextCheck({ since, reason, summary: 'Until the connector is read again' });
    const connector = await readConnector(run, 'Read the verification status');
    setVerification(run, { checks: progress.status.verification.checks + 1 });
    const decision = decideVerification(connector);
    if (decision.kind === 'wait' || decision.kind === 'begin') await refreshEvidence(run);
    progress.set({ reason: explainVerificationWait(run, decision.reason) });
    switch (decision.kind) {
      case 'verified':
        setVerification(run, { verifiedAt: new Date().toISOString() });
        return;
      case 'enabled':
        return;
      case 'gone':
        throw failure('ConnectorChanged', decision.reason);
      case 'begin':
        await restoreTxtValue(run);
        await beginVerification(run);
        if (decision.restart) setVerification(run, { restarts: progress.status.verification.restarts + 1 });
        break;
      case 'wait':
        await restoreTxtValue(run);
        break;
    }
  }
}

async function beginVerification(run: OnboardingRun): Promise<void> {
  await run.onCloudflareQueue('Begin verification').beginVerification(connectorRequest(run));
  setVerification(run, { begunAt: new Date().toISOString() });
}

function setVerification({ progress }: OnboardingRun, changes: Partial<OnboardingStatus['verification']>): void {
  progress.set({ verification: { ...progress.status.verification, ...changes } });
}

/** Reads the connector into the status; `null`: it does not exist. */
export async function readConnector(run: OnboardingRun, summary: string): Promise<Connector | null> {
  const { progress } = run;
  const connector = await run.onCloudflareQueue(summary).getConnector(connectorRequest(run));
  const origin = progress.status.connector?.origin ?? 'adopted';
  if (connector !== null) progress.set({ connector: { ...connector, origin } });
  return connector;
}
