import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { toTime } from '../../domain/names.ts';
import { Push } from '../../domain/own-settings.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { cannotTellJson } from '../shared/cannot-tell.ts';
import type { Command, CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { escapeShown } from '../shared/escape.ts';
import { exportRegistry, PLAIN_HTTP_OPTION } from '../shared/registry-choice.ts';
import { pushUnattended, type PushEnd } from '../shared/unattended.ts';
import { groundEverywhere, groundHere } from './ground.ts';
import type { Reach } from './reach.ts';
import { makeRound, type Ground, type Round, type Signed } from './round.ts';
import { healthLine, isConverged, placeLines, placeViews, receiptLines } from './view.ts';

const Input = z.object({
  targets: z.string().optional(),
  registry: z.string().nullable().default(null),
  plainHttp: z.boolean().default(false),
  push: Push.optional(),
  watch: z
    .union([z.literal(true), z.coerce.number().int().min(5).max(86_400)], 'must be seconds from 5 to 86400')
    .optional(),
});
type Input = z.infer<typeof Input>;

const EVERY_SECONDS = 60;
const LONGEST_SECONDS = 900;

/** Brings registries and servers to what verified evidence says, and signs what is live where. */
export const reconcile: Command<Input> = {
  name: 'reconcile',
  group: 'machines',
  summary: 'bring targets to what was decided, and sign what is live where',
  description:
    'Judges the history, compares every target that the policy describes with what its aliases point to, moves what differs, shows\n' +
    'that it works and signs receipts, in the role reconciler. Towards an alias that is held nothing moves. On a history with\n' +
    'findings nothing is promoted or signed; what a brake switches off is taken away all the same. Reached are only targets that\n' +
    "this machine's own file lists with the same kind and address (targets.yaml in your configuration folder, for your eyes alone).\n" +
    'What is killed is begun again by the next run. Exit code 3: a target is not as it is wanted.',
  arguments: [],
  options: [
    { flags: '--targets <file>', description: 'another file of targets than the usual one' },
    {
      flags: '--registry <place>',
      description: 'the registry that exports lie in (default: as export has it)',
    },
    PLAIN_HTTP_OPTION,
    {
      flags: '--push <how>',
      values: Push.options,
      description: 'direct, branch (for a pull request) or off (default: your setting, else direct)',
    },
    {
      flags: '--watch [seconds]',
      description: `again and again, one line each time (default: every ${EVERY_SECONDS} s; longer while something fails)`,
    },
  ],
  examples: [
    'modelsmith reconcile --dry-run',
    'modelsmith reconcile --key-file reconciler.key',
    'modelsmith reconcile --key-file reconciler.key --watch 30',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const { watch } = input;
    if (watch === undefined) return (await once(context, input, common, groundHere)).outcome;
    if (common.dryRun) throw new CannotTell('USAGE', '--watch moves things, and --dry-run does not');
    return await keepOn(context, input, common, watch === true ? EVERY_SECONDS : watch);
  },
};

type FindGround = (context: Context, common: CommonOptions) => Promise<Ground>;

interface Ended {
  readonly outcome: Outcome;
  readonly health: string;
  readonly well: boolean;
}

async function once(
  context: Context,
  input: Input,
  common: CommonOptions,
  findGround: FindGround,
): Promise<Ended> {
  const ground = await findGround(context, common);
  const own = await context.targets.own(input.targets ?? null).load();
  const around: Reach = { own, exports: await exportsOf(context, input, common, ground) };
  const release = common.dryRun ? null : await context.targets.hold(ground.world.law.repository.id);
  try {
    const round = await makeRound(context, common, ground, around);
    if ('kind' in round) return { outcome: round, health: round.headline, well: false };
    const push = round.signed === null ? null : await pushed(context, input, common, round.signed);
    return ended(round, common, push);
  } finally {
    await release?.();
  }
}

async function exportsOf(
  context: Context,
  { registry, plainHttp }: Input,
  { directory }: CommonOptions,
  { world }: Ground,
): Promise<Reach['exports']> {
  const facts = await (await context.git.open(directory)).facts();
  const { id } = world.law.repository;
  return await context.registry(await exportRegistry(context, { registry, plainHttp }, { id, facts }));
}

async function pushed(
  context: Context,
  { push }: Input,
  common: CommonOptions,
  { report: { commit, signer }, receipts }: Signed,
): Promise<PushEnd | null> {
  if (commit === null) return null;
  const brief = commit.slice(0, 8);
  const entries = receipts.map(({ entry }) => entry);
  return await pushUnattended(context, push, common, {
    ...{ commit, signer, subject: 'receipts', brief, entries },
  });
}

function ended(round: Round, { dryRun }: CommonOptions, push: PushEnd | null): Ended {
  const views = placeViews(round, dryRun);
  const well = isConverged(round) && push?.well !== false;
  const { signed, ground } = round;
  const health = healthLine(round, views);
  const report = signed?.report ?? { commit: null, dryRun, files: [], signer: null };
  const outcome: Outcome = {
    kind: well ? 'yes' : 'no',
    json: {
      valid: !ground.isVoid,
      converged: well,
      targets: views,
      receipts: signed?.receipts ?? [],
      ...report,
      demonstration: isDemonstration(ground.world.law.repository),
      ...(push !== null && { push: push.json }),
    },
    text: (view) =>
      [
        ...views.flatMap((each) => placeLines(each, view)),
        ...receiptLines(round),
        ...(signed?.report.commit == null
          ? []
          : [`signed by ${signed.report.signer} in commit ${signed.report.commit}`]),
        ...(push?.lines ?? []),
        health,
      ].join('\n'),
  };
  return { outcome, health, well };
}

/** Until somebody ends it. While something fails the pauses grow. */
async function keepOn(
  context: Context,
  input: Input,
  common: CommonOptions,
  every: number,
): Promise<Outcome> {
  let pause = every;
  for (;;) {
    const end = await once(context, input, common, groundEverywhere).catch((error: unknown): Ended => {
      if (!(error instanceof CannotTell)) throw error;
      return { outcome: failed(error), health: `${error.code}: ${error.message}`, well: false };
    });
    const time = toTime(context.now());
    const { outcome } = end;
    const json =
      outcome.kind === 'refused' ? { refused: outcome.headline, reasons: outcome.reasons } : outcome.json;
    context.terminal.out(
      common.json
        ? JSON.stringify({ schema: 'modelsmith/out/reconcile/v1', time, well: end.well, ...json })
        : `${time} ${end.well ? 'ok' : 'NOT OK'}  ${escapeShown(end.health)}`,
    );
    pause = end.well ? every : Math.min(pause * 2, Math.max(LONGEST_SECONDS, every));
    await wait(pause * 1000);
  }
}

function failed(error: CannotTell): Outcome {
  return { kind: 'no', json: cannotTellJson(error), text: () => error.message };
}
