/** What whoever is locked out needs, and has to keep where that log-in is not needed: it works without this worker. */
export function breakGlassCommand(accountId: string, connectorId: string): string {
  const url = `https://api.cloudflare.com/client/v4/accounts/${accountId}/sso_connectors/${connectorId}`;
  return (
    `curl -X PATCH ${url} -H "Authorization: Bearer $BREAK_GLASS_TOKEN" ` +
    `-H 'Content-Type: application/json' --data '{"enabled":false}'`
  );
}
