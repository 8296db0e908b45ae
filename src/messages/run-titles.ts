import { whatDisablingMeans, whatEnablingMeans } from './sign-in-change.ts';
import type { WorkflowKind } from '../contract/names/ids.ts';

export interface StorySummary {
  staticSummary: string;
  staticDetails: string;
}

interface Domain {
  accountId: string;
  emailDomain: string;
}

/** What Temporal's UI says of a run, whoever starts it. */
export function summariseOnboarding({ accountId, emailDomain }: Domain): StorySummary {
  return {
    staticSummary: `Cloudflare dashboard SSO for ${emailDomain}`,
    staticDetails:
      `Turns \`${emailDomain}\` into an enabled SSO connector of the account \`${accountId}\`. ` +
      whatEnablingMeans(emailDomain, accountId),
  };
}

/** The same for an off-boarding. */
export function summariseOffboarding({ accountId, emailDomain }: Domain): StorySummary {
  return {
    staticSummary: `Cloudflare dashboard SSO for ${emailDomain} ends`,
    staticDetails:
      `Disables and deletes the SSO connector of \`${emailDomain}\` in the account \`${accountId}\`, and removes its TXT value ` +
      `where an onboarding published it. ${whatDisablingMeans(emailDomain)}`,
  };
}

const nouns: Record<WorkflowKind, string> = { onboarding: 'onboarding', offboarding: 'off-boarding' };

/** The story's name in a sentence. @param story `null`: none of ours */
export function nounOf(story: WorkflowKind | null): string {
  return story === null ? 'run' : nouns[story];
}
