import { CannotTell } from '../../base/errors.ts';
import { drillSteps, type Drill, type DrillStep } from '../../domain/drill.ts';
import type { EntryId, PrincipalName } from '../../domain/names.ts';
import type { OverrideAct } from '../../domain/override-acts.ts';
import type { Workspace } from '../shared/opening/workspace.ts';
import type { DrillCopy } from './copy.ts';
import type { Trial } from './trials.ts';

/** What came of a drill. */
export interface Played extends Pick<Drill, 'steps' | 'outcome' | 'failure' | 'liftedBy'> {
  readonly failure?: string;
}

export interface Cast {
  /** Makes the copy, has its remote guarded, and pushes its root. */
  start(): Promise<DrillCopy>;
  /** Runs a command in the copy as the person who drills. @returns its exit code. */
  run(copy: DrillCopy, words: readonly string[]): Promise<number>;
  /** Has an override lifted that is in force where the copy is pushed to. @returns who approved that. */
  lift(copy: DrillCopy, override: EntryId): Promise<readonly PrincipalName[]>;
  /** Told before each step. */
  say(text: string): void;
  /** Milliseconds of a clock that never goes back. */
  clock(): number;
}

/** A step did not do what it is for, in words. */
export class StepFailed extends Error {}

export const WHY = 'A drill: nothing is wrong.';

/**
 * Plays a drill to its end, or to the step that fails. A person who breaks off ends it without a result.
 * @throws CannotTell NOT_PERMITTED where somebody broke off or may not do it.
 */
export async function play(trials: readonly Trial[], cast: Cast): Promise<Played> {
  const drill = new Running(trials, cast);
  const steps: DrillStep[] = [];
  for (const planned of drillSteps(trials.map(({ override }) => override))) {
    cast.say(`${planned.override === undefined ? '' : `${planned.override}: `}${IN_WORDS[planned.step]}`);
    const start = cast.clock();
    const failure = await failureOf(() => drill.take(planned));
    steps.push({ ...planned, ms: Math.max(0, Math.round(cast.clock() - start)) });
    const liftedBy = drill.lifters();
    if (failure !== null) return { steps, outcome: 'failed', failure, liftedBy };
  }
  return { steps, outcome: 'passed', liftedBy: drill.lifters() };
}

const IN_WORDS: Readonly<Record<DrillStep['step'], string>> = {
  copy: 'making a copy under an id of its own, and pushing it to a remote with the hook',
  guard: 'pushing an edit that nobody signed, which the hook has to refuse',
  impose: 'imposing it',
  accept: 'pushing it, which the hook has to accept',
  obey: 'trying what it stops, as whoever fetches it',
  lift: 'having it lifted',
};

/** What is no yes at a step is a result; a person's no is none. */
async function failureOf(step: () => Promise<void>): Promise<string | null> {
  try {
    await step();
    return null;
  } catch (error) {
    if (error instanceof StepFailed) return error.message;
    if (!(error instanceof CannotTell) || error.code === 'NOT_PERMITTED') throw error;
    return [error.message, ...error.facts].join('\n').slice(0, 2000);
  }
}

class Running {
  private readonly trials: ReadonlyMap<OverrideAct, Trial>;
  private readonly cast: Cast;
  private made: DrillCopy | null = null;
  /** Overrides in force before the one that is drilled. */
  private before: ReadonlySet<EntryId> = new Set();
  private imposed: EntryId | null = null;
  private readonly people = new Set<PrincipalName>();

  constructor(trials: readonly Trial[], cast: Cast) {
    this.trials = new Map(trials.map((trial) => [trial.override, trial]));
    this.cast = cast;
  }

  lifters(): readonly PrincipalName[] {
    return [...this.people].sort();
  }

  async take({ step, override }: Omit<DrillStep, 'ms'>): Promise<void> {
    if (step === 'copy') {
      this.made = await this.cast.start();
      return;
    }
    if (this.made === null) throw new Error('a drill without a copy');
    if (step === 'guard') {
      fail(await this.made.pushForged());
      return;
    }
    const trial = override === undefined ? undefined : this.trials.get(override);
    if (trial === undefined) throw new Error('a step of nothing that is drilled');
    await this.ofOverride(step, this.made, trial);
  }

  private async ofOverride(
    step: Exclude<DrillStep['step'], 'copy' | 'guard'>,
    copy: DrillCopy,
    trial: Trial,
  ): Promise<void> {
    switch (step) {
      case 'impose': {
        const there = await copy.look();
        this.before = idsIn(there);
        if (stopped(trial, there)) throw new StepFailed(`${trial.tries} was refused before it was imposed`);
        const code = await this.cast.run(copy, ['override', ...trial.words, '--reason', WHY]);
        if (code !== 0)
          throw new StepFailed(`modelsmith override ${trial.words.join(' ')} ended with ${code}`);
        return;
      }
      case 'accept':
        fail(await copy.push());
        return;
      case 'obey': {
        const there = await copy.look();
        const fresh = [...idsIn(there)].filter((id) => !this.before.has(id));
        this.imposed = fresh[0] ?? null;
        if (this.imposed === null) throw new StepFailed('no new override is in force where it was pushed to');
        if (!stopped(trial, there)) throw new StepFailed(`${trial.tries}, and nothing refused it`);
        return;
      }
      case 'lift': {
        if (this.imposed === null) throw new Error('nothing is in force that could be lifted');
        for (const person of await this.cast.lift(copy, this.imposed)) this.people.add(person);
        const there = await copy.look();
        if (idsIn(there).has(this.imposed))
          throw new StepFailed('it was lifted, and is in force all the same');
        if (stopped(trial, there)) throw new StepFailed(`it was lifted, and ${trial.tries} is still refused`);
        return;
      }
    }
  }
}

function fail(why: string | null): void {
  if (why !== null) throw new StepFailed(why);
}

function idsIn({ world }: Workspace): ReadonlySet<EntryId> {
  return new Set(world.law.overrides.map(({ id }) => id));
}

function stopped(trial: Trial, { world, valid }: Workspace): boolean {
  return trial.isStopped(world, valid.clock);
}
