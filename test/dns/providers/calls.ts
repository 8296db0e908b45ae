/** What calls of every provider have in common. */
import { ProviderError } from '../../../src/dns/publishing/provider-error.ts';

export { patient } from '../../cloudflare/clients.ts';

export const value = 'cloudflare_dashboard_sso=Zk3rW0q7XcVbN5mLp1sT9yHf';

/** The error that a call ends with. */
export async function providerErrorOf(call: Promise<unknown>): Promise<ProviderError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
  throw new Error('The call succeeded');
}
