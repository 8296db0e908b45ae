/** All onboardings as a table. Pure: time is an argument. */
import { nounOf } from '../../messages/run-titles.ts';
import { paintOfPhase, paintOfState } from '../terminal/colours.ts';
import type { Colours } from '../terminal/colours.ts';
import type { ListedOnboarding } from '../../client/list-domains.ts';
import { renderTable } from '../terminal/table.ts';
import { ago } from './run.ts';

/** The account is a column only where there are several, and so is the story. */
export function renderList(entries: readonly ListedOnboarding[], now: Date, colours: Colours): string[] {
  const severalAccounts = new Set(entries.map(({ accountId }) => accountId)).size > 1;
  const severalStories = new Set(entries.map(({ story }) => story)).size > 1;
  return renderTable(
    ['domain', 'story', 'run', 'phase', 'started', 'account'],
    entries.map(({ emailDomain, story, state, phase, startedAt, accountId }) => [
      emailDomain,
      severalStories ? nounOf(story) : '',
      { text: state, paint: paintOfState(state, colours) },
      phase === null ? '' : { text: phase, paint: paintOfPhase(phase, colours) },
      ago(startedAt, now),
      severalAccounts ? accountId : '',
    ]),
  );
}
