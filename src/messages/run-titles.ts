/** What Temporal's UI shows as the title and description of a run, whoever starts it. */
import type { AccountDomain, WorkflowKind } from '../contract/names/ids.ts';
import { whatDisablingMeans, whatEnablingMeans } from './sign-in-change.ts';

/** Start options of the SDK. `staticDetails` is Markdown. */
interface RunTitle {
  staticSummary: string;
  staticDetails: string;
}

export const domainRunTitles: Record<WorkflowKind, (domain: AccountDomain) => RunTitle> = {
  onboarding: ({ accountId, emailDomain }) => ({
    staticSummary: `Cloudflare dashboard SSO for ${emailDomain}`,
    staticDetails:
      `Creates, verifies and enables the SSO connector of \`${emailDomain}\` in the account \`${accountId}\`. ` +
      whatEnablingMeans(emailDomain, accountId),
  }),
  offboarding: ({ accountId, emailDomain }) => ({
    staticSummary: `Off-boarding of ${emailDomain} from Cloudflare dashboard SSO`,
    staticDetails:
      `Disables and deletes the SSO connector of \`${emailDomain}\` in the account \`${accountId}\`, and removes its TXT value ` +
      `if an onboarding published it. ${whatDisablingMeans(emailDomain)}`,
  }),
};

export function bulkRunTitle({ accountId, rows }: { accountId: string; rows: readonly unknown[] }): RunTitle {
  const domains = rows.length === 1 ? '1 domain' : `${rows.length} domains`;
  return {
    staticSummary: `Cloudflare dashboard SSO for ${domains}`,
    staticDetails:
      `Onboards ${domains} in the account \`${accountId}\`, a few at a time. ` +
      'Each domain has a run of its own, which continues when this one is cancelled.',
  };
}

export function driftRunTitle(accountId: string, repair: boolean): RunTitle {
  return {
    staticSummary: `Drift check of the SSO connectors in ${accountId}`,
    staticDetails:
      `Compares what was enabled in the account \`${accountId}\` with its connectors, their verification and their TXT values now. ` +
      (repair ? 'Publishes TXT values again that an onboarding published; changes nothing else.' : 'Changes nothing.'),
  };
}

const nouns: Record<WorkflowKind, string> = { onboarding: 'onboarding', offboarding: 'off-boarding' };

/** The workflow in a sentence. @param kind `null`: the run is of another workflow type */
export function nounOf(kind: WorkflowKind | null): string {
  return kind === null ? 'run' : nouns[kind];
}
