/** What changes for people, in the words that whoever agrees to it, looks at it or starts it gets to read: whole sentences. */

export function whatEnablingMeans(emailDomain: string, accountId: string): string {
  return (
    `From then on everybody with an address at ${emailDomain} logs in to the Cloudflare dashboard, in every account, ` +
    `through the identity provider of account ${accountId}.`
  );
}

export function whatDisablingMeans(emailDomain: string): string {
  return (
    `From then on everybody with an address at ${emailDomain} logs in to the Cloudflare dashboard as they did before the ` +
    'connector was enabled, without this single sign-on.'
  );
}
