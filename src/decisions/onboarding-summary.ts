/** What Temporal's UI says of a run, whoever starts it. */
export function summariseOnboarding({ accountId, emailDomain }: { accountId: string; emailDomain: string }) {
  return {
    staticSummary: `Cloudflare dashboard SSO for ${emailDomain}`,
    staticDetails:
      `Turns \`${emailDomain}\` into an enabled SSO connector of the account \`${accountId}\`. ` +
      'From then on every user of that e-mail domain logs in to the Cloudflare dashboard through the identity provider.',
  };
}
