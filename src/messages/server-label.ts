import type { ServerEvidence } from '../contract/schemas/dns.ts';

/** Name and address of a server; its name alone where no address is known, or where the address is all it has. */
export function labelServer({ name, address }: Pick<ServerEvidence, 'name' | 'address'>): string {
  return name === address || address === '' ? name : `${name} (${address})`;
}
