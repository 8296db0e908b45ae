/** What to do about an e-mail domain whose zone DNS does not show: not delegated, or on servers of which none answers. */
export function remedyForUnseenZone(emailDomain: string): string {
  return (
    `correct its spelling, or register ${emailDomain} and delegate it to name servers that answer for it; ` +
    'where public DNS cannot be seen from here, set DNS_RESOLVERS or DNS_NAMESERVERS'
  );
}
