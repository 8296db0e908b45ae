/** A connector as a create of the run under test would make it, a second after the recorded read. */
import type { Connector } from '../../src/contract/schemas/connector.ts';

export const readAt = '2026-03-01T09:00:00.000Z';

export function connector(changes: Partial<Connector> = {}): Connector {
  return {
    id: 'one',
    emailDomain: 'example.com',
    enabled: false,
    useFedrampLanguage: false,
    verificationCode: 'cloudflare_dashboard_sso=abc',
    verificationStatus: 'awaiting',
    createdAt: '2026-03-01T09:00:01.000Z',
    ...changes,
  };
}
