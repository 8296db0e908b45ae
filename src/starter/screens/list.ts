/** A list of runs as a table. Pure: time is an argument. */
import type { ListedRun } from '../../client/list-domains.ts';
import { nounOf } from '../../messages/run-titles.ts';
import { paintForPhase, paintForState } from '../terminal/colours.ts';
import type { Colours } from '../terminal/colours.ts';
import { renderTable } from '../terminal/table.ts';
import { ago } from './duration.ts';

/** The columns for the workflow and the account are there only if the runs differ in them. */
export function renderList(runs: readonly ListedRun[], now: Date, colours: Colours): string[] {
  const hasAccounts = new Set(runs.map(({ accountId }) => accountId)).size > 1;
  const hasKinds = new Set(runs.map(({ kind }) => kind)).size > 1;
  return renderTable(
    ['domain', 'workflow', 'run', 'phase', 'started', 'account'],
    runs.map(({ emailDomain, kind, state, phase, startedAt, accountId }) => [
      emailDomain,
      hasKinds ? nounOf(kind) : '',
      { text: state, paint: paintForState(state, colours) },
      phase === null ? '' : { text: phase, paint: paintForPhase(phase, colours) },
      ago(startedAt, now),
      hasAccounts ? accountId : '',
    ]),
  );
}
