import { seal } from '../../domain/document.ts';
import { CommitId, toTime, type RepositoryId } from '../../domain/names.ts';
import { Drill, drillSteps } from '../../domain/drill.ts';
import type { OverrideAct } from '../../domain/override-acts.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { table } from '../shared/terminal/layout.ts';
import { hanging } from '../shared/terminal/style.ts';
import { entryBy, type Desk } from '../shared/opening/write.ts';
import type { Played } from './play.ts';

export interface DrillFacts {
  readonly overrides: readonly OverrideAct[];
  readonly tip: string;
  readonly copy: RepositoryId;
  readonly remote: Drill['remote'];
  /** Seconds since 1970. */
  readonly started: number;
}

/** The report of a drill as it is signed. */
export function drillReport(desk: Desk, facts: DrillFacts, played: Played): Drill {
  const { overrides, tip, copy, remote, started } = facts;
  const { steps, outcome, failure, liftedBy } = played;
  const spent = steps.reduce((sum, { ms }) => sum + ms, 0);
  return seal(Drill, {
    schema: 'modelsmith/drill/v1',
    ...entryBy(desk, 'drill', 'override', []),
    overrides,
    tip: CommitId.parse(tip),
    copy,
    remote,
    tool: desk.context.version,
    // A clock that was put forward meanwhile makes no drill longer than its steps.
    started: toTime(Math.min(started, desk.now - Math.ceil(spent / 1000))),
    steps,
    liftedBy,
    outcome,
    ...(failure !== undefined && { failure }),
  });
}

/** What a drill would record if it took no time: asked of the machine before anybody spends any. */
export function specimen(desk: Desk, overrides: readonly OverrideAct[], remote: Drill['remote']): Drill {
  const copy = `drill-${'0'.repeat(26)}` as RepositoryId;
  const { tip } = desk.workspace.verification;
  const steps = drillSteps(overrides).map((step) => ({ ...step, ms: 0 }));
  const played = { steps, outcome: 'passed', liftedBy: [] } as const;
  return drillReport(desk, { overrides, tip, copy, remote, started: desk.now }, played);
}

/** What was done and how long it took, a line each. */
export function stepLines({ steps, failure }: Played, columns: number): readonly string[] {
  const rows = steps.map(({ step, override, ms }, index) => [
    override ?? '',
    step,
    `${ms} ms${failure !== undefined && index === steps.length - 1 ? '  failed' : ''}`,
  ]);
  return [
    ...table(rows, columns, 2),
    ...(failure ?? '')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : hanging(escapeShown(line), columns))),
  ];
}
