import systemDns from 'node:dns';

import { afterAll, beforeAll } from 'vitest';

/** For the tests of a file, the machine has no resolver that answers: nothing of theirs goes out to real ones. */
export function withoutSystemResolvers(): void {
  const before = systemDns.getServers();
  beforeAll(() => systemDns.setServers(['127.0.0.1:1']));
  afterAll(() => systemDns.setServers(before));
}
