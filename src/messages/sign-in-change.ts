/** What enabling and disabling a connector mean for people, and how to undo enabling without this worker. */

export function whatEnablingMeans(emailDomain: string, accountId: string): string {
  return (
    `From then on everybody with an address at ${emailDomain} signs in to the Cloudflare dashboard, in every account, ` +
    `through the identity provider of account ${accountId}.`
  );
}

export function whatDisablingMeans(emailDomain: string): string {
  return (
    `From then on everybody with an address at ${emailDomain} signs in to the Cloudflare dashboard as they did before the ` +
    'connector was enabled, without this single sign-on.'
  );
}

/** A command that disables the connector and needs neither this worker nor a sign-in. */
export function breakGlassCommand(accountId: string, connectorId: string): string {
  const url = `https://api.cloudflare.com/client/v4/accounts/${accountId}/sso_connectors/${connectorId}`;
  return (
    `curl -X PATCH ${url} -H "Authorization: Bearer $BREAK_GLASS_TOKEN" ` +
    `-H 'Content-Type: application/json' --data '{"enabled":false}'`
  );
}
