/** Publishes nothing: a human adds the value where the status says, and the run goes on once DNS shows it. */
import type { TxtRecordProvider } from './txt-record-provider.ts';

export function createManualProvider(): TxtRecordProvider {
  return {
    name: 'manual',

    async findZone({ emailDomain, shown }) {
      return await Promise.resolve({ fit: true, zone: { apex: shown?.apex ?? emailDomain, zoneId: null } });
    },

    async find() {
      return await Promise.resolve(null);
    },

    async publish() {
      return await Promise.resolve({ recordId: null, ours: false });
    },

    async remove() {
      return await Promise.resolve('absent' as const);
    },
  };
}
