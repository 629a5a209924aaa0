import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { drillFile } from '../../domain/paths.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { OVERRIDE_ACTS } from '../../domain/override-acts.ts';
import type { Command, CommonOptions, Outcome, Verb } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { counted } from '../shared/views/notices.ts';
import { demandYes, needPerson } from '../shared/terminal/prompts.ts';
import { hanging, wrap } from '../shared/terminal/style.ts';
import { openWorkspace } from '../shared/opening/workspace.ts';
import { land, openDesk, Plan, type Desk } from '../shared/opening/write.ts';
import { castOf, type Stage } from './cast.ts';
import { chosenTrials, notPossibleLines, type Chosen } from './choose.ts';
import { liftByPeople } from './lift.ts';
import { play, type Played } from './play.ts';
import { drillReport, specimen, stepLines, type DrillFacts } from './report.ts';
import { liftUnattended, makeStandIns } from './selftest.ts';

const Input = z
  .object({
    kind: z.array(z.enum(OVERRIDE_ACTS, { error: `must be one of ${OVERRIDE_ACTS.join(', ')}` })).default([]),
    remote: z.string().min(1).optional(),
    selftest: z.boolean().default(false),
  })
  .refine(({ selftest, remote }) => !selftest || remote === undefined, {
    path: ['remote'],
    message: 'is for a drill of people, not for --selftest',
  });
type Input = z.infer<typeof Input>;

/** Pulling the brakes on a copy, to see that they hold and that people know how. @param verbs what it is done with. */
export function drillCommand(verbs: readonly Verb[]): Command<Input> {
  return {
    name: 'drill',
    group: 'emergency',
    summary: 'pull the brakes on a copy with your own key, and record how long it took',
    description:
      'Makes a copy of this repository under an id of its own, pushes it to a remote with the hook, and there imposes,\n' +
      'tries and lifts each override with the real commands. Nothing signed in it can act here. The report is signed by\n' +
      'you and lies in drills/; one that failed is recorded, too. Who has to approve a lift here has to there: colleagues\n' +
      'do so on their machines, and the drill waits for them. Needs a terminal.\n\n' +
      '--selftest does the same unattended with keys that nobody keeps. It records nothing and counts for nothing.',
    arguments: [
      {
        name: '[kind...]',
        description: `${OVERRIDE_ACTS.join(', ')} (default: those the policy wants drilled, else all)`,
      },
    ],
    options: [
      {
        flags: '--remote <address>',
        description: 'push the copy to this empty repository instead of to a folder made for it',
      },
      { flags: '--selftest', description: 'try it without a person; nothing is recorded' },
    ],
    examples: [
      'modelsmith drill',
      'modelsmith drill freeze revoke-signer --remote git@git.example.org:drills/today.git',
      'modelsmith drill --selftest',
    ],
    writes: true,
    reads: true,
    input: Input,
    run: (context, input, common) =>
      input.selftest ? selftest(context, common, input, verbs) : drillOfPeople(context, common, input, verbs),
  };
}

async function drillOfPeople(
  real: Context,
  common: CommonOptions,
  { kind, remote }: Input,
  verbs: readonly Verb[],
): Promise<Outcome> {
  if (!common.dryRun) needPerson(real, 'drill');
  const desk = await openDesk(real, common);
  const { workspace, who } = desk;
  const chosen = chosenTrials(workspace, who.principal, kind, desk.actor.clock);
  const overrides = chosen.trials.map(({ override }) => override);
  const where = remote === undefined ? 'own' : 'given';
  const no = new Plan(desk).add('this drill could not be recorded', {
    kind: 'drill',
    drill: specimen(desk, overrides, where),
  });
  if (no !== null) return no;
  if (common.dryRun) return planned(desk, chosen, remote ?? null);

  const context = common.json ? tellingAside(real) : real;
  for (const line of planLines(chosen, remote ?? null, context.terminal.columns)) context.terminal.say(line);
  await demandYes(context, `start the drill as ${who.principal.id}?`, 'no drill was run');
  const started = context.now();
  const scratch = await context.scratch.make(
    `broken off; the copy is gone, and nothing is recorded${remote === undefined ? '' : '. What was pushed to the remote stays there'}`,
  );
  const stage: Stage = {
    ...{ context, workspace, scratch, verbs, remote: remote ?? null, puts: [] },
    ...{ runner: who.principal, signer: who.signer, keyFile: common.keyFile },
  };
  const cast = castOf(stage, (run, copy, override) => liftByPeople(run, copy, override, who.principal.id));
  let played: Played;
  try {
    played = await play(chosen.trials, cast);
  } finally {
    await scratch.remove();
  }
  const copy = cast.copied();
  if (copy === null) throw notEvenACopy(played);
  const { tip } = workspace.verification;
  return await recorded(context, common, { overrides, tip, copy, remote: where, started }, played);
}

/** Signs the report on top of what the branch is by now: a drill takes its time, and others go on. */
async function recorded(
  context: Context,
  common: CommonOptions,
  facts: DrillFacts,
  played: Played,
): Promise<Outcome> {
  for (const line of stepLines(played, context.terminal.columns)) context.terminal.say(line);
  const { outcome, steps, failure } = played;
  await demandYes(context, `record that the drill ${outcome}?`, `the drill ${outcome}, and is not recorded`);
  const desk = await openDesk(context, common);
  const drill = drillReport(desk, facts, played);
  const plan = new Plan(desk);
  const words = facts.overrides.join(', ');
  const no = plan.add('this drill cannot be recorded', { kind: 'drill', drill });
  if (no !== null) return no;
  const report = await land(desk, common, plan, `Drill of ${words}: ${outcome}`);
  if (!('commit' in report)) return report;
  return {
    kind: outcome === 'passed' ? 'yes' : 'no',
    json: {
      ...{ drill: drill.id, overrides: facts.overrides, outcome, failure: failure ?? null, steps },
      ...report,
    },
    text: () =>
      [
        ...(report.demonstration ? ['DEMONSTRATION'] : []),
        `drill of ${words}: ${outcome}`,
        `drill ${drill.id}`,
        `signed by ${report.signer} in commit ${report.commit ?? 'none'}`,
      ].join('\n'),
  };
}

/** Nothing is recorded of a drill that could not even begin, for there was no copy that it could have been made on. */
function notEvenACopy({ failure }: Played): CannotTell {
  return new CannotTell('CANNOT_CREATE', 'no copy could be made to drill on, so nothing is recorded', {
    facts: (failure ?? '').split('\n'),
  });
}

function planLines(
  { trials, notPossible }: Chosen,
  remote: string | null,
  columns: number,
): readonly string[] {
  return [
    'On a copy of this repository, under another id, you impose',
    ...trials.flatMap(({ words, tries }) => [
      `  modelsmith override ${words.join(' ')}`,
      ...wrap(`tried then: ${tries}`, columns - 4).map((line) => `    ${line}`),
    ]),
    ...wrap('and have each lifted again.', columns),
    ...wrap(
      `It is pushed to ${remote ?? 'a folder made for it'}. Nothing here changes but for the report.`,
      columns,
    ),
    ...notPossibleLines(notPossible).flatMap((line) => hanging(line, columns)),
  ];
}

function planned(desk: Desk, chosen: Chosen, remote: string | null): Outcome {
  const { trials, notPossible } = chosen;
  const { repository } = desk.workspace.world.law;
  return {
    kind: 'yes',
    json: {
      overrides: trials.map(({ override, words, tries }) => ({ override, words, tries })),
      notPossible,
      remote,
      ...{ files: [drillFile('<id>')], signer: desk.who.principal.id, commit: null, dryRun: true },
      demonstration: isDemonstration(repository),
    },
    text: ({ columns }) =>
      [
        ...(isDemonstration(repository) ? ['DEMONSTRATION'] : []),
        'dry run: nothing is copied, pushed or signed',
        ...planLines(chosen, remote, columns),
      ].join('\n'),
  };
}

async function selftest(
  real: Context,
  common: CommonOptions,
  { kind }: Input,
  verbs: readonly Verb[],
): Promise<Outcome> {
  const workspace = await openWorkspace(real, { ...common, dryRun: true });
  if (workspace.verification.findings.length > 0 || workspace.ref === null)
    throw new CannotTell(
      'BAD_DATA',
      'a selftest starts from a branch that is checked out and has no findings',
      {
        remedy: 'modelsmith verify   (shows every finding)',
      },
    );
  const quiet = { ...real.terminal, interactive: false, out: () => undefined };
  const context: Context = { ...real, terminal: quiet };
  const scratch = await context.scratch.make('broken off; the copy is gone');
  try {
    const now = Math.max(context.now(), workspace.valid.clock);
    const standIns = await makeStandIns(context, workspace.world, scratch.path, now);
    const { runner, signer, keyFile, puts } = standIns;
    const chosen = chosenTrials(workspace, runner, kind, now);
    const stage = { context, workspace, scratch, verbs, remote: null, puts, runner, signer, keyFile };
    const cast = castOf(stage, (run, copy, override) =>
      liftUnattended(run, copy, override, standIns, { ...common, dryRun: false }),
    );
    const played = await play(chosen.trials, cast);
    const { outcome, steps, failure } = played;
    return {
      kind: outcome === 'passed' ? 'yes' : 'no',
      json: {
        ...{ selftest: true, outcome, failure: failure ?? null, steps, notPossible: chosen.notPossible },
        demonstration: isDemonstration(workspace.world.law.repository),
      },
      text: ({ columns }) =>
        [
          ...stepLines(played, columns),
          ...notPossibleLines(chosen.notPossible),
          `selftest of ${counted(chosen.trials.length, 'override')}: ${outcome}; nothing is recorded, and no person drilled`,
        ].join('\n'),
    };
  } finally {
    await scratch.remove();
  }
}

/** With `--json` standard output holds one object; what the commands of the drill say goes beside it. */
function tellingAside(context: Context): Context {
  const { terminal } = context;
  return { ...context, terminal: { ...terminal, out: (text) => terminal.say(text) } };
}
